/**
 * Waiting for what may never answer: a browser's database can be stuck behind another page, or for good.
 */
import { SupermeshError } from '../../base/error.ts'

/**
 * What `promise` gives, if it does so within `ms` milliseconds.
 * @param late - gets what comes after that, to close it
 * @throws SupermeshError `no-answer`
 */
export async function patiently<V>(promise: Promise<V>, ms: number, late: (value: V) => void = () => {}): Promise<V> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over = true
      reject(new SupermeshError('no-answer', `No answer within ${ms} ms.`))
    }, ms)
  })
  promise.then(
    value => over && late(value),
    () => undefined,
  )
  try {
    return await Promise.race([promise, silence])
  } finally {
    clearTimeout(timer)
  }
}
