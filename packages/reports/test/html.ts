/** A strict reader of the HTML that reports are made of: it refuses what is not well-formed and hands back the elements. */

export interface HtmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Names of the elements around it, outermost first. */
  readonly within: ReadonlyArray<string>
  /** Text directly or indirectly inside. */
  text: string
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" }
const decoded = (text: string): string => {
  if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`stray & in ${JSON.stringify(text.slice(0, 80))}`)
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "")
}

const alone = new Set(["meta", "link"])
const tagForm = /^<(\/?)([A-Za-z][A-Za-z0-9]*)((?: [\w:-]+="[^"<>]*")*)( ?\/?)>/
const styleForm = /^<style>([^<]*)<\/style>/

export const readHtml = (source: string): ReadonlyArray<HtmlElement> => {
  const start = "<!doctype html>\n"
  if (!source.startsWith(start)) throw new Error("no doctype")
  const found: Array<HtmlElement> = []
  const open: Array<HtmlElement> = []
  let rest = source.slice(start.length)
  while (rest !== "") {
    const style = styleForm.exec(rest)
    if (style !== null) {
      found.push({ name: "style", attributes: {}, within: open.map(({ name }) => name), text: style[1] ?? "" })
      rest = rest.slice(style[0].length)
      continue
    }
    if (!rest.startsWith("<")) {
      const end = rest.indexOf("<")
      const text = end === -1 ? rest : rest.slice(0, end)
      if (text.includes(">")) throw new Error(`stray > in ${JSON.stringify(text.slice(0, 80))}`)
      for (const each of open) each.text += decoded(text)
      rest = rest.slice(text.length)
      continue
    }
    const tag = tagForm.exec(rest)
    if (tag === null) throw new Error(`cannot read ${JSON.stringify(rest.slice(0, 120))}`)
    const [whole, closing, name = "", list = "", slash] = tag
    rest = rest.slice(whole.length)
    if (closing === "/") {
      const last = open.pop()
      if (last?.name !== name) throw new Error(`</${name}> closes ${last?.name ?? "nothing"}`)
      continue
    }
    const attributes: Record<string, string> = {}
    for (const [, key = "", value = ""] of list.matchAll(/ ([\w:-]+)="([^"]*)"/g)) {
      if (key in attributes) throw new Error(`attribute ${key} occurs twice`)
      attributes[key] = decoded(value)
    }
    const element: HtmlElement = { name, attributes, within: open.map((each) => each.name), text: "" }
    found.push(element)
    if (!alone.has(name) && slash === "") open.push(element)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> stays open`)
  return found
}
