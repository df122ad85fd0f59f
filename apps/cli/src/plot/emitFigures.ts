/**
 * What a plotting command says: the figures as Markdown and JSON, or as files. Several figures with one name get numbers behind it. The
 * hash of every file is told, so that two runs can be compared without looking.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { type Figure, toMarkdown } from "@feagi-trainer/charts"
import type { Diagnostic } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { evenMarkdown } from "../evenMarkdown.ts"
import { emit, say } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { bytesOf, type Form, formOf } from "./output.ts"

export const outputFlags = {
  out: Flag.String("out").pipe(
    Flag.withDescription("File to write: .svg, .png, .csv, .md, .json (the figure), .vl.json (Vega-Lite); left out: Markdown on stdout"),
    Flag.optional
  ),
  theme: Flag.Literals("theme", ["auto", "light", "dark"] as const).pipe(
    Flag.withDescription("Colours of an .svg or .png; auto follows the reader's, and is light in a .png"),
    Flag.withDefault("auto")
  )
}

export interface OutputFlags {
  readonly out: Option.Option<string>
  readonly theme: "auto" | "light" | "dark"
  readonly json: boolean
}

export interface WrittenFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

const numbered = (path: string, form: Form, index: number, count: number): string =>
  count === 1 ? path : `${path.slice(0, -form.length)}-${index + 1}${path.slice(-form.length)}`

export const writeBytes = (path: string, bytes: Uint8Array) =>
  Effect.as(
    writeOut(path, () => {
      mkdirSync(dirname(resolve(path)), { recursive: true })
      writeFileSync(resolve(path), bytes)
    }),
    { path, bytes: bytes.length, sha256: sha256Hex(bytes) } satisfies WrittenFile
  )

/** Writes the figures where they are wanted, and tells them with whatever else the command found. */
export const emitFigures = (
  kind: string,
  figures: ReadonlyArray<Figure>,
  more: Readonly<Record<string, unknown>>,
  flags: OutputFlags,
  warnings: ReadonlyArray<Diagnostic> = []
) =>
  Effect.gen(function* () {
    const out = Option.getOrUndefined(flags.out)
    const form = out === undefined ? undefined : yield* formOf(out)
    const files =
      out === undefined || form === undefined
        ? []
        : yield* Effect.forEach(figures, (figure, index) =>
            Effect.flatMap(bytesOf(figure, form, flags.theme), (bytes) => writeBytes(numbered(out, form, index, figures.length), bytes))
          )
    yield* emit(flags.json, {
      kind,
      data: { ...more, figures, files },
      verbatim: true,
      human:
        files.length > 0
          ? files.map(({ path, sha256 }) => `${sha256}  ${path}`).join("\n")
          : figures.map((figure) => evenMarkdown(toMarkdown(figure, { maxRows: 40 }))).join("\n"),
      warnings
    })
    if (figures.length === 0) yield* say("there is nothing to draw")
  })
