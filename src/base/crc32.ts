/**
 * CRC-32 (IEEE 802.3, as in zip and PNG): finds what disks and copies do to bytes. Against people it proves nothing; seals do.
 */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

/** @param before - the checksum of what stands before `bytes` */
export function crc32(bytes: Uint8Array, before = 0): number {
  let rest = ~before
  for (let i = 0; i < bytes.length; i++) rest = (TABLE[(rest ^ (bytes[i] as number)) & 0xff] as number) ^ (rest >>> 8)
  return ~rest >>> 0
}
