/**
 * The 256 printable characters that stand for bytes in a byte-level vocabulary, as GPT-2 chose them: a printable byte of Latin-1 stands for
 * itself, the others follow from U+0100 on in their order, so that a space is Ġ.
 */

const isPrintable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad)

/** The symbol of each byte. */
export const byteSymbols: ReadonlyArray<string> = (() => {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
})()

const bytesOfSymbols: ReadonlyMap<number, number> = new Map(byteSymbols.map((symbol, byte) => [symbol.charCodeAt(0), byte]))

/** Bytes in the order of their symbols' code points: the order in which a vocabulary lists them. */
export const bytesBySymbol: ReadonlyArray<number> = [...bytesOfSymbols].sort(([left], [right]) => left - right).map(([, byte]) => byte)

/** The bytes that a token of symbols stands for, or `undefined` when a character of it is no symbol. */
export const bytesOfToken = (token: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(token.length)
  for (let at = 0; at < token.length; at++) {
    const byte = bytesOfSymbols.get(token.charCodeAt(at))
    if (byte === undefined) return undefined
    bytes[at] = byte
  }
  return bytes
}

/** Whether a text, taken as a token of symbols, stands for other bytes than its own: `Ġa` is a space and an a. */
export const readsAsOtherBytes = (text: string): boolean => bytesOfToken(text) !== undefined && /[^\x21-\x7e]/.test(text)

/** The token of symbols for bytes. */
export const tokenOfBytes = (bytes: Uint8Array): string => {
  let token = ""
  for (const byte of bytes) token += byteSymbols[byte] ?? ""
  return token
}
