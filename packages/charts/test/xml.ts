/** A small reader of XML: it refuses what is not well-formed and hands back the elements, so that tests can look at what was drawn. */

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" }

const decoded = (text: string): string => {
  const left = text.replace(/&(amp|lt|gt|quot|#39);/g, "")
  if (/[&<]/.test(left)) throw new Error(`stray markup in ${JSON.stringify(text.slice(0, 80))}`)
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if ((code < 0x20 && !"\t\n\r".includes(character)) || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff) {
      throw new Error(`character ${code.toString(16)} is not allowed in XML`)
    }
  }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "")
}

const attributesOf = (source: string): Record<string, string> => {
  const found: Record<string, string> = {}
  const rest = source.replace(/\s([\w:-]+)="([^"<]*)"/g, (_, name: string, value: string) => {
    if (name in found) throw new Error(`attribute ${name} occurs twice`)
    found[name] = decoded(value)
    return ""
  })
  if (rest.trim() !== "") throw new Error(`cannot read attributes ${JSON.stringify(rest)}`)
  return found
}

/** Elements in the order of their start tags, or an error naming what is wrong. */
export const readXml = (source: string): ReadonlyArray<XmlElement> => {
  const elements: Array<{ name: string; attributes: Record<string, string>; text: string }> = []
  const open: Array<number> = []
  for (const [, tag, text] of source.matchAll(/<([^<>]*)>|([^<>]+)/g)) {
    const current = elements[open.at(-1) ?? -1]
    if (text !== undefined) {
      if (current === undefined && text.trim() !== "") throw new Error(`text outside of the root: ${text}`)
      if (current !== undefined) current.text += decoded(text)
      continue
    }
    const [, closing = "", name = "", attributes = "", alone = ""] =
      /^(\/?)([A-Za-z][\w:-]*)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)$/.exec(tag ?? "") ?? []
    if (name === "") throw new Error(`cannot read the tag <${tag}>`)
    if (closing === "/") {
      if (current?.name !== name) throw new Error(`</${name}> closes ${current?.name ?? "nothing"}`)
      open.pop()
      continue
    }
    if (open.length === 0 && elements.length > 0) throw new Error("two roots")
    elements.push({ name, attributes: attributesOf(attributes), text: "" })
    if (alone === "") open.push(elements.length - 1)
  }
  if (open.length > 0) throw new Error(`<${elements[open.at(-1) ?? 0]?.name}> stays open`)
  const read = [...source.matchAll(/<([^<>]*)>|([^<>]+)/g)].reduce((sum, [whole]) => sum + whole.length, 0)
  if (read !== source.length) throw new Error("a stray < or >")
  return elements
}
