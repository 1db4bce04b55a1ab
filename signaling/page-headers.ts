/**
 * The headers with which the pages are served, by `npm start` and by `npm run dev` alike.
 *
 * The first two make a page cross-origin isolated, which gives the embedded Python an interrupt (SharedArrayBuffer). The
 * Python worker is loaded from a frame of opaque origin, to which every static file is cross-origin: hence the next two.
 * The room's secret stands in the address, which no other site must see. The content policy is in the pages themselves.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}
