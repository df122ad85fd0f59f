/**
 * A document as the command line writes it with `--json`, byte for byte: two spaces, members in their order, integers beyond 2^53 with all
 * digits. Sharp edge: what was read with rounded integers cannot be written whole again, so answers are read with `parse` of the API.
 */
type Raw = { readonly rawJSON?: (text: string) => unknown }

const raw = (value: bigint): unknown => {
  const { rawJSON } = JSON as unknown as Raw
  if (rawJSON === undefined) throw new Error("this browser cannot write integers beyond 2^53; update it, or use the command line")
  return rawJSON(String(value))
}

export const documentText = (kind: string, data: unknown, warnings: ReadonlyArray<unknown> = []): string =>
  `${JSON.stringify({ schema_version: 1, kind, data, warnings }, (_, inner: unknown) => (typeof inner === "bigint" ? raw(inner) : inner), 2)}\n`
