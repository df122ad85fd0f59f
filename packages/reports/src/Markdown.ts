/**
 * A report as Markdown of the GitHub flavour: the same blocks as the HTML file, figures told as tables. Sharp edge: hashes stand in full,
 * so tables are wide; they are meant to be rendered or searched, not read as source.
 */
import { toMarkdown } from "@feagi-trainer/charts"
import type { Block, Column, Piece, Section, Text } from "./Content.ts"
import type { Page } from "./Page.ts"
import { cleaned, cleanedDeep, escapedMarkdown } from "./Text.ts"

/** Between back quotes nothing can be escaped, so only harmless characters go there. */
const code = (text: string): string => (/^[\w.:/+@-]+$/.test(text) ? `\`${text}\`` : escapedMarkdown(text))

const pieceOf = (piece: Piece): string => {
  if (typeof piece === "string") {
    // Escaping trims; the spaces that join pieces are put back.
    const [before = "", after = ""] = [/^ */.exec(piece)?.[0], / *$/.exec(piece)?.[0]]
    return piece.trim() === "" ? piece : before + escapedMarkdown(piece) + after
  }
  switch (piece.as) {
    case "code":
    case "hash":
      return code(piece.text)
    case "note":
      return ` (${escapedMarkdown(piece.text)})`
    default:
      return `**${escapedMarkdown(piece.text)}**`
  }
}

const textOf = (text: Text): string => text.map(pieceOf).join("")

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const tableOf = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<ReadonlyArray<Text>>): string =>
  [
    line(columns.map(({ label }) => escapedMarkdown(label))),
    line(columns.map(({ align }) => (align === "right" ? "--:" : ":--"))),
    ...rows.map((row) => line(row.map(textOf)))
  ].join("\n")

const fenced = (lines: ReadonlyArray<string>): string => {
  const text = lines.map(cleaned).join("\n")
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
  const fence = "`".repeat(longest + 1)
  return `${fence}sh\n${text}\n${fence}`
}

const blockOf = (block: Block): string => {
  switch (block.kind) {
    case "verdict":
      return [
        textOf(block.text),
        block.tiles.map(({ label, value, note }) => `- ${escapedMarkdown(label)}: ${textOf([value])}, ${escapedMarkdown(note)}`).join("\n")
      ].join("\n\n")
    case "paragraph":
      return textOf(block.text)
    case "list":
      return block.items.map((item) => `- ${textOf(item)}`).join("\n")
    case "table":
      return `**${escapedMarkdown(block.caption)}**\n\n${tableOf(block.columns, [...block.rows, ...(block.foot ?? [])])}`
    case "facts":
      return `**${escapedMarkdown(block.caption)}**\n\n${tableOf(
        [
          { label: "", align: "left" },
          { label: "", align: "left" }
        ],
        block.facts.map(([name, value]) => [[name], value])
      )}`
    case "figure":
      // Charts escape markup and HTML; bare addresses would still become links.
      return toMarkdown(cleanedDeep(block.figure))
        .trimEnd()
        .replace(/:(?=\/\/)/g, "\\:")
    case "folded":
      return [`### ${escapedMarkdown(block.summary)}`, ...block.blocks.map(blockOf)].join("\n\n")
    case "commands":
      return fenced(block.lines)
  }
}

const sectionOf = ({ title, blocks }: Section): string => [`## ${escapedMarkdown(title)}`, ...blocks.map(blockOf)].join("\n\n")

/** The page as Markdown, ending with a line break: equal pages give equal bytes. */
export const pageMarkdown = ({ title, lede, origin, sections }: Page): string =>
  `${[`# ${escapedMarkdown(title)}`, escapedMarkdown(lede), textOf(origin), ...sections.map(sectionOf)].join("\n\n")}\n`
