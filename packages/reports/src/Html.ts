/**
 * A report as one HTML file that needs nothing else: no script, no network, no font. Sharp edge: markup is built by `element`, which escapes
 * every string it is given; only `Markup` values pass unescaped, and they come from here and from `toSvg`.
 */
import { type Figure, toSvg, toTable } from "@feagi-trainer/charts"
import type { Block, Column, Piece, Section, TableBlock, Text, Tile } from "./Content.ts"
import { exact } from "./Numbers.ts"
import type { Page } from "./Page.ts"
import { style } from "./Style.ts"
import { cleaned, cleanedDeep, escapedHtml } from "./Text.ts"

interface Markup {
  readonly markup: string
}
type Content = string | Markup | ReadonlyArray<Content>

const isList: (content: Content) => content is ReadonlyArray<Content> = Array.isArray

const written = (content: Content): string => {
  if (typeof content === "string") return escapedHtml(content)
  return isList(content) ? content.map(written).join("") : content.markup
}

const raw = (markup: string): Markup => ({ markup })
const lines = (content: ReadonlyArray<Content>): Content => content.map((each) => [each, raw("\n")])
const voids = new Set(["meta", "link"])

const element = (name: string, attributes: Readonly<Record<string, string | undefined>>, ...inside: ReadonlyArray<Content>): Markup => {
  const list = Object.entries(attributes).map(([key, value]) => (value === undefined ? "" : ` ${key}="${escapedHtml(value)}"`))
  const start = `<${name}${list.join("")}>`
  return raw(voids.has(name) ? start : `${start}${written(inside)}</${name}>`)
}

const pieceOf = (piece: Piece): Content => {
  if (typeof piece === "string") return piece
  switch (piece.as) {
    case "strong":
      return element("strong", {}, piece.text)
    case "code":
      return element("code", {}, piece.text)
    case "hash":
      return element("code", { class: "hash", title: piece.text }, piece.text)
    case "note":
      // The space keeps value and note apart where the text is copied or read aloud.
      return [" ", element("span", { class: "note" }, piece.text)]
    default:
      return element("span", { class: `state ${piece.as}` }, piece.text)
  }
}

const textOf = (text: Text): Content => text.map(pieceOf)

const rowOf = (columns: ReadonlyArray<Column>, cells: ReadonlyArray<Content>): Content =>
  element(
    "tr",
    {},
    cells.map((cell, index) => {
      const kind = columns[index]?.align === "right" ? "num" : undefined
      return index === 0 ? element("th", { scope: "row", class: kind }, cell) : element("td", { class: kind }, cell)
    })
  )

/** Wide tables scroll by themselves; the keyboard reaches them. */
const scrolling = (label: string, inside: Content): Markup =>
  element("div", { class: "scroll", role: "group", "aria-label": label, tabindex: "0" }, inside)

interface Grid {
  readonly caption: string
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<Content>>
  readonly foot?: ReadonlyArray<ReadonlyArray<Content>>
}

const tableOf = ({ caption, columns, rows, foot = [] }: Grid): Markup =>
  scrolling(
    caption,
    element(
      "table",
      {},
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map(({ label, align }) => element("th", { scope: "col", class: align === "right" ? "num" : undefined }, label))
        )
      ),
      raw("\n"),
      element("tbody", {}, lines(rows.map((row) => rowOf(columns, row)))),
      foot.length === 0 ? "" : element("tfoot", {}, lines(foot.map((row) => rowOf(columns, row))))
    )
  )

const gridOf = ({ caption, columns, rows, foot }: TableBlock): Grid => ({
  caption,
  columns,
  rows: rows.map((row) => row.map(textOf)),
  ...(foot === undefined ? {} : { foot: foot.map((row) => row.map(textOf)) })
})

/** The exact values of a figure, unrounded. */
const twinOf = (figure: Figure): Markup => {
  const { columns, rows } = toTable(figure)
  return tableOf({
    caption: `${figure.title}: data`,
    columns: columns.map(({ label, unit, align }) => ({
      label: unit === undefined ? label : `${label} (${unit})`,
      align: align === "right" ? "right" : "left"
    })),
    rows: rows.map((row) => row.map((cell) => (cell === null ? "no data" : typeof cell === "number" ? exact(cell) : cell)))
  })
}

const figureOf = (given: Figure): Markup => {
  const figure = cleanedDeep(given)
  const svg = toSvg(figure)
  const width = /^<svg [^>]*? width="(\d+)"/.exec(svg)?.[1] ?? "600"
  return element(
    "figure",
    {},
    element("div", { class: "scroll", role: "group", "aria-label": figure.title, tabindex: "0", style: `--natural:${width}` }, raw(svg)),
    element("figcaption", {}, figure.description),
    element("details", {}, element("summary", {}, "Data of this figure"), twinOf(figure))
  )
}

const tileOf = ({ label, value, note }: Tile): Markup =>
  element("div", {}, element("dt", {}, label), element("dd", { class: "value" }, pieceOf(value)), element("dd", { class: "small" }, note))

const blockOf = (block: Block): Content => {
  switch (block.kind) {
    case "verdict":
      return lines([
        element("p", { class: "verdict" }, textOf(block.text)),
        element("dl", { class: "tiles" }, lines(block.tiles.map(tileOf)))
      ])
    case "paragraph":
      return element("p", {}, textOf(block.text))
    case "list":
      return element("ul", {}, lines(block.items.map((item) => element("li", {}, textOf(item)))))
    case "table":
      return tableOf(gridOf(block))
    case "facts":
      return element(
        "div",
        { class: "scroll" },
        element(
          "table",
          { class: "facts" },
          element("caption", {}, block.caption),
          element(
            "tbody",
            {},
            lines(
              block.facts.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, textOf(value))))
            )
          )
        )
      )
    case "figure":
      return figureOf(block.figure)
    case "folded":
      return element("details", {}, element("summary", {}, block.summary), raw("\n"), lines(block.blocks.map(blockOf)))
    case "commands":
      // Line breaks are markup here: cleaning would make spaces of them.
      return element(
        "pre",
        { tabindex: "0" },
        element(
          "code",
          {},
          block.lines.flatMap((line, index) => (index === 0 ? [line] : [raw("\n"), line]))
        )
      )
  }
}

const sectionOf = ({ id, title, blocks }: Section): Markup =>
  element("section", { "aria-labelledby": id }, raw("\n"), element("h2", { id }, title), raw("\n"), lines(blocks.map(blockOf)))

/** Nothing may be loaded, run, embedded or sent. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** The page as one HTML document: equal pages give equal bytes. */
export const pageHtml = ({ title, lede, origin, sections, trainer_version }: Page): string => {
  const head = element(
    "head",
    {},
    raw("\n"),
    lines([
      element("meta", { charset: "utf-8" }),
      element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
      element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      element("meta", { name: "color-scheme", content: "light dark" }),
      element("meta", { name: "referrer", content: "no-referrer" }),
      element("title", {}, cleaned(title)),
      // Without it a browser asks a server for an icon.
      element("link", { rel: "icon", href: "data:," }),
      element("style", {}, raw(style))
    ])
  )
  const body = element(
    "body",
    {},
    raw("\n"),
    element("a", { class: "skip", href: "#result" }, "Skip to the result"),
    raw("\n"),
    element(
      "div",
      { class: "page" },
      raw("\n"),
      lines([
        element(
          "header",
          {},
          element("h1", {}, title),
          element("p", { class: "lede" }, lede),
          element("p", { class: "meta" }, textOf(origin))
        ),
        element(
          "nav",
          { "aria-label": "Sections" },
          element("ol", {}, lines(sections.map((each) => element("li", {}, element("a", { href: `#${each.id}` }, each.title)))))
        ),
        element("main", {}, raw("\n"), lines(sections.map(sectionOf))),
        element(
          "footer",
          {},
          element(
            "p",
            {},
            `Written by FEAGI Trainer ${trainer_version} from stored results; the same results give this file byte for byte.`
          )
        )
      ])
    ),
    raw("\n")
  )
  return `<!doctype html>\n${element("html", { lang: "en" }, raw("\n"), head, raw("\n"), body, raw("\n")).markup}\n`
}
