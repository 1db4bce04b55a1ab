/**
 * `npm run fuzz -- --frames N [--seed S] [--json]`: hostile frames against honest replicas.
 *
 * Exits with 1 when anything was thrown, polluted or stalled, when honest replicas differ, or when a frame was lost
 * track of.
 */
import { parseArgs } from 'node:util'
import { fuzz } from '../fuzz.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const report = fuzz({ frames: Number(values.frames), seed: Number(values.seed) })
const { frames, refused, applied, duplicates, codes, exceptions, pollution, stallsOver100ms, equal, vanished } = report
console.log(
  values.json
    ? JSON.stringify(report)
    : `${frames} frames: ${refused} refused for ${Object.keys(codes).length} reasons, ${applied} applied, ` +
        `${duplicates} duplicates; ${exceptions} exceptions, ${pollution} pollutions, ${stallsOver100ms} stalls; ` +
        `honest replicas ${equal ? 'equal' : 'DIFFER'}`,
)
const lost = frames - refused - applied - duplicates + vanished
process.exitCode = exceptions + pollution + stallsOver100ms > 0 || !equal || lost !== 0 ? 1 : 0
