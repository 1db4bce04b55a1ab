/** What a cell printed and showed. */
import { useEffect, useRef } from 'react'
import type { Output } from 'supermesh/jupyter'
import { createOutputArea, type OutputArea } from 'supermesh/render'

export function Outputs({ outputs }: { readonly outputs: readonly Output[] }) {
  const host = useRef<HTMLDivElement>(null)
  const area = useRef<OutputArea | null>(null)

  useEffect(() => {
    if (!host.current) return
    const created = createOutputArea(host.current)
    area.current = created
    return () => created.dispose()
  }, [])
  useEffect(() => area.current?.update(outputs), [outputs])

  return <div ref={host} className="outputs" data-testid="outputs" />
}
