/**
 * Ways into a room, to be given away: an address, a picture of it, and what it allows.
 */
import { requireText } from '../base/require.ts'
import type { Right } from '../protocol/right.ts'
import { formatLink, type Link, weakenLink } from '../rights/index.ts'
import type { Invitation } from './room.ts'

/** What each link does today: other pages do not enforce rights yet. */
const SENTENCES: Readonly<Record<Right, string>> = {
  own: 'Everything, for ever: keep it to yourself.',
  run: 'Sees, changes and runs everything.',
  edit: 'Sees and changes everything.',
  view: 'Sees everything, changes nothing. A page that was tampered with could still write: this is not enforced yet.',
}

/** Modules of light around the code, by ISO/IEC 18004. */
const QUIET_ZONE = 4

/** @param page - the address that stands before the `#`; what it has behind one is left out */
export async function invite(link: Link, right: Right, page: string): Promise<Invitation> {
  requireText(page, 'page')
  const fragment = formatLink(weakenLink(link, right))
  const url = `${page.split('#')[0]}#${fragment}`
  // Loaded when it is wanted: most pages that open a room never show one.
  const { renderSVG } = await import('uqr')
  return { right, fragment, url, qr: renderSVG(url, { border: QUIET_ZONE }), sentence: SENTENCES[right] }
}
