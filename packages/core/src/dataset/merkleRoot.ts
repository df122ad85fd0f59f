/**
 * The Merkle Tree Hash of RFC 6962 (section 2.1) over a list of SHA-256 hashes: a leaf is SHA-256(0x00 ‖ the 32 bytes of the hash), a
 * node SHA-256(0x01 ‖ left ‖ right), the left side the largest power of two of leaves that leaves some for the right side; the root of
 * nothing is SHA-256 of nothing.
 */
import { sha256Hex } from "@feagi-trainer/determinism"

/** @param hashes 64 hex digits each, as is the root */
export const merkleRoot = (hashes: ReadonlyArray<string>): string => {
  const over = (from: number, to: number): string => {
    if (to - from === 1) return hashOfHex(`00${hashes[from]}`)
    let left = 1
    while (left * 2 < to - from) left *= 2
    return hashOfHex(`01${over(from, from + left)}${over(from + left, to)}`)
  }
  return hashes.length === 0 ? sha256Hex("") : over(0, hashes.length)
}

const hashOfHex = (hex: string): string => sha256Hex(Buffer.from(hex, "hex"))
