/** Text from bytes, exactly: a wrong byte is an error, a byte order mark is a character. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)
export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
