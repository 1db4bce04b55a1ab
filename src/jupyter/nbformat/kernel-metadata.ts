/**
 * What nbformat asks of `metadata.kernelspec` and `metadata.language_info`: names. Some tools leave them out, and Jupyter's
 * validator then refuses the whole file; they are filled in at import, and said.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json-text.ts'

/** The notebook object with what was missing, and a sentence for each thing that was filled in. */
export function completeKernelMetadata(
  root: JsonObject,
  language: string,
): { readonly root: JsonObject; readonly migrations: readonly string[] } {
  const metadata = root.get('metadata')
  if (!isJsonObject(metadata)) return { root, migrations: [] }
  const kernel = language === 'python' ? 'python3' : language
  const needed = { kernelspec: { name: kernel, display_name: kernel }, language_info: { name: language } }
  const completed = new Map<string, JsonValue>(metadata)
  const migrations: string[] = []
  for (const [part, fields] of Object.entries(needed)) {
    const held = metadata.get(part)
    if (!isJsonObject(held)) continue
    for (const [field, value] of Object.entries(fields)) {
      if (typeof held.get(field) === 'string') continue
      completed.set(part, new Map(completed.get(part) as JsonObject).set(field, value))
      migrations.push(`\`metadata.${part}.${field}\`, which the format requires, was missing; it is now "${value}".`)
    }
  }
  return migrations.length === 0 ? { root, migrations } : { root: new Map(root).set('metadata', completed), migrations }
}
