/** JSON for people and scripts: members in their own order, integers beyond 2^53 with all their digits, never NaN. */
type Raw = { readonly rawJSON: (text: string) => unknown }

export const jsonText = (value: unknown, indent = 2): string =>
  JSON.stringify(
    value,
    (key, inner) => {
      if (typeof inner === "bigint") return (JSON as unknown as Raw).rawJSON(String(inner))
      if (typeof inner === "number" && !Number.isFinite(inner)) throw new RangeError(`"${key}" is ${inner}, which JSON cannot hold`)
      return inner
    },
    indent
  )

/** On one line that can be wrapped between members, for people. */
export const looseJson = (value: unknown): string =>
  jsonText(value, 1)
    .replace(/(?<=[[{])\n *|\n *(?=[\]}])/g, "")
    .replace(/\n */g, " ")

/** Reads what {@link jsonText} writes: an integer beyond 2^53 becomes a bigint with all its digits. */
export const parseJsonText = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, context: { readonly source?: string }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source ?? "")
      ? BigInt(context.source ?? value)
      : value) as (key: string, value: unknown) => unknown)
