/** Hands a file to the person, as a download. */

/** @param name - with what file systems do not take in it, too */
export function saveFile(content: Blob, name: string, extension: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = `${name.replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim() || 'Untitled'}.${extension}`
  link.click()
  // The download has begun by the next turn in all browsers.
  setTimeout(() => URL.revokeObjectURL(url))
}
