/**
 * The headers with which the pages are served, by `npm start` and by `npm run dev` alike.
 *
 * The first two make a page cross-origin isolated, which gives the embedded Python an interrupt (SharedArrayBuffer);
 * `credentialless` rather than `require-corp`, under which a page cannot tell a Jupyter Server that refuses it from one that
 * is not there. Frames of opaque origin, to which every static file is cross-origin, need the next two.
 * The room's secret stands in the address, which no other site must see. The content policy is in the pages themselves.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'credentialless',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}
