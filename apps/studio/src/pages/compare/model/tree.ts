/**
 * Several documents as one tree: a node is a member, a leaf has the value of every document, and a node is marked where anything below it
 * differs. Sharp edge: a list of objects is entered by position, any other list is one value, as the comparison itself does.
 */

export interface TreeNode {
  readonly key: string
  /** Dotted name from the root. */
  readonly field: string
  readonly differs: boolean
  /** How many leaves below it differ; 0 or 1 for a leaf. */
  readonly count: number
  /** Of a leaf: a value for each document, undefined where it has none. */
  readonly values?: ReadonlyArray<unknown>
  readonly children: ReadonlyArray<TreeNode>
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const entered = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every(isFields)
    ? Object.fromEntries(value.map((each, at) => [String(at), each]))
    : value

/** One text for equal values, whatever the order of members. */
export const stableText = (value: unknown): string => {
  if (typeof value === "bigint") return String(value)
  if (Array.isArray(value)) return `[${value.map(stableText).join(",")}]`
  if (isFields(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${stableText(value[key])}`)
      .join(",")}}`
  return value === undefined ? "undefined" : JSON.stringify(value)
}

const nodeOf = (key: string, field: string, given: ReadonlyArray<unknown>): TreeNode => {
  const sides = given.map(entered)
  if (sides.every(isFields)) {
    const keys = [...new Set(sides.flatMap((side) => Object.keys(side)))].sort((left, right) => {
      const [a, b] = [Number(left), Number(right)]
      return Number.isInteger(a) && Number.isInteger(b) ? a - b : left < right ? -1 : left > right ? 1 : 0
    })
    const children = keys.map((name) =>
      nodeOf(
        name,
        field === "" ? name : `${field}.${name}`,
        sides.map((side) => (Object.hasOwn(side, name) ? side[name] : undefined))
      )
    )
    const count = children.reduce((sum, child) => sum + child.count, 0)
    return { key, field, differs: count > 0, count, children }
  }
  const differs = new Set(given.map(stableText)).size > 1
  return { key, field, differs, count: differs ? 1 : 0, values: given, children: [] }
}

/** The tree of documents side by side. */
export const treeOf = (documents: ReadonlyArray<unknown>): TreeNode => nodeOf("", "", documents)

/** The same without what is equal everywhere. */
export const differencesOf = (node: TreeNode): TreeNode => ({
  ...node,
  children: node.children.filter((child) => child.differs).map(differencesOf)
})

/** A tree of dotted field names and the value of each label, such as the differences of a comparison. */
export const treeOfFields = (
  differences: ReadonlyArray<{ readonly field: string } & { readonly [label: string]: unknown }>,
  labels: ReadonlyArray<string>
): TreeNode => {
  interface Open {
    readonly inner: Map<string, Open>
    values?: ReadonlyArray<unknown>
  }
  const root: Open = { inner: new Map() }
  for (const each of differences) {
    let open = root
    for (const part of each.field.split(".")) {
      const next = open.inner.get(part) ?? { inner: new Map() }
      open.inner.set(part, next)
      open = next
    }
    open.values = labels.map((label) => each[label])
  }
  const closed = (key: string, field: string, { inner, values }: Open): TreeNode => {
    const children = [...inner].map(([name, open]) => closed(name, field === "" ? name : `${field}.${name}`, open))
    const own = values === undefined ? 0 : 1
    const count = own + children.reduce((sum, child) => sum + child.count, 0)
    return { key, field, differs: count > 0, count, ...(values === undefined ? {} : { values }), children }
  }
  return closed("", "", root)
}

/** A value for a cell: texts as they are, everything else as JSON. Undefined stays: the document has no such member. */
export const valueText = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : stableText(value)
