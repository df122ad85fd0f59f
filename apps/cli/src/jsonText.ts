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
