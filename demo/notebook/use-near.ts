/** Whether an element is or has been near the visible part of the page: what is far away need not be built yet. */
import { type RefObject, useEffect, useState } from 'react'

export function useNear(element: RefObject<Element | null>, margin = '800px'): boolean {
  const [near, setNear] = useState(false)
  useEffect(() => {
    if (near || !element.current) return
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) setNear(true)
      },
      { rootMargin: margin },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, near, margin])
  return near
}
