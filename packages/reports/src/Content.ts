/**
 * What a report says, before it is HTML or Markdown: both are written from the same blocks, so neither can say more than the other.
 * Sharp edge: texts in here are raw; only the writers escape.
 */
import type { Figure } from "@feagi-trainer/charts"

/** A piece of running text. A hash is shown short and copied whole; a note is what stands behind a value. */
export type Piece =
  | string
  | { readonly as: "strong" | "code" | "hash" | "note"; readonly text: string }
  | { readonly as: "good" | "bad" | "open"; readonly text: string }
export type Text = ReadonlyArray<Piece>

export interface Column {
  readonly label: string
  readonly align: "left" | "right"
}

/** The first cell of a row is its header. `foot` sums up the rows above it. */
export interface TableBlock {
  readonly kind: "table"
  readonly caption: string
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<Text>>
  readonly foot?: ReadonlyArray<ReadonlyArray<Text>>
}

export interface Tile {
  readonly label: string
  readonly value: Piece
  readonly note: string
}

export type Block =
  | { readonly kind: "verdict"; readonly text: Text; readonly tiles: ReadonlyArray<Tile> }
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "list"; readonly items: ReadonlyArray<Text> }
  | { readonly kind: "facts"; readonly caption: string; readonly facts: ReadonlyArray<readonly [name: string, value: Text]> }
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "commands"; readonly lines: ReadonlyArray<string> }
  | { readonly kind: "folded"; readonly summary: string; readonly blocks: ReadonlyArray<Block> }
  | TableBlock

export interface Section {
  /** Unique in the report; letters and hyphens. */
  readonly id: string
  readonly title: string
  readonly blocks: ReadonlyArray<Block>
}

export const left = (label: string): Column => ({ label, align: "left" })
export const right = (label: string): Column => ({ label, align: "right" })

const sha = /^(sha256:)?[0-9a-f]{64}$/

/** A fact as a piece: SHA-256 as a hash, numbers in full, the rest as it is. */
export const fact = (value: string | number): Piece => {
  if (typeof value === "number") return String(value)
  return sha.test(value) ? { as: "hash", text: value } : value
}
