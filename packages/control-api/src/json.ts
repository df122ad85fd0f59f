/** JSON in which integers keep all their digits: beyond ±(2^53 − 1) they are `bigint`, both ways. Browser-safe; sharp edge: NaN is refused. */

interface Context {
  readonly source?: string
}
type Reviver = (key: string, value: unknown, context?: Context) => unknown
interface Native {
  readonly parse: (text: string, reviver: Reviver) => unknown
  readonly rawJSON: (text: string) => unknown
}
const native = JSON as unknown as Native

/** Throws `SyntaxError` on what is no JSON. */
export const parseJson = (text: string): unknown =>
  native.parse(text, (_, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? BigInt(context?.source ?? "")
      : value
  )

/** Throws `RangeError` on a number that JSON cannot hold. */
export const printJson = (value: unknown, indent = 0): string =>
  JSON.stringify(
    value,
    (key, inner: unknown) => {
      if (typeof inner === "bigint") return native.rawJSON(String(inner))
      if (typeof inner === "number" && !Number.isFinite(inner)) throw new RangeError(`"${key}" is ${inner}, which JSON cannot hold`)
      return inner
    },
    indent
  )
