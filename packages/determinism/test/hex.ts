/** Bytes to and from hexadecimal text, for comparing with the stored answers. */
export const fromHex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, "hex"))

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
