/**
 * The one address by which a person names a Jupyter Server, as Jupyter prints it on its terminal, token included.
 *
 * People copy `http://localhost:8888/lab?token=…`, `…/tree?token=…` or the bare server: all mean the same base.
 * Pure; never puts the token into a message.
 */
export interface ServerAddress {
  /** Ends with a slash; has neither query nor fragment nor user name. */
  readonly baseUrl: string
  readonly wsUrl: string
  /** Empty when the address has none. */
  readonly token: string
}

/** Why an address cannot be used, in a sentence for people. */
export interface AddressRefusal {
  readonly refused: string
}

/** Where Jupyter's own pages begin, below the base. */
const PAGES = /\/(?:lab|tree|notebooks|edit|doc|consoles|terminals|login|voila|retro)(?:\/.*)?$/

export function parseServerAddress(text: string): ServerAddress | AddressRefusal {
  const trimmed = text.trim()
  if (trimmed === '') return { refused: 'Paste the address that Jupyter prints when it starts.' }
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`)
  if (url === null || url.hostname === '') {
    return {
      refused: 'This is no address. Paste the one that Jupyter prints, such as http://localhost:8888/lab?token=…',
    }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { refused: 'A Jupyter Server has an address that begins with http:// or https://.' }
  }
  const path = url.pathname.replace(PAGES, '/').replace(/\/*$/, '/')
  const base = `//${url.host}${path}`
  return {
    baseUrl: `${url.protocol}${base}`,
    wsUrl: `${url.protocol === 'https:' ? 'wss:' : 'ws:'}${base}`,
    token: url.searchParams.get('token') ?? '',
  }
}
