/** Shows a room's title in the browser's tab, and keeps it for the list of recent rooms. */
import { useEffect } from 'react'
import { type Link, openDevice } from 'supermesh'

export function useTitle(room: { readonly link: Link }, title: string): void {
  useEffect(() => {
    if (title === '') return
    document.title = `${title} · Supermesh`
    void rememberTitle(room.link, title)
    return () => {
      document.title = 'Supermesh'
    }
  }, [room, title])
}

async function rememberTitle(link: Link, title: string): Promise<void> {
  const device = await openDevice({ storage: 'indexeddb' })
  await device.rememberLink(link, title)
  device.dispose()
}
