import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import golden from "./golden/tabular_csv.json" with { type: "json" }
import { collect, optionsWith, path, report, scanOf, source, world } from "./World.ts"

interface Sample {
  readonly payload: { readonly tabular: ReadonlyArray<number | null> }
  readonly target: unknown
  readonly modality: string
  readonly output_type: string
}
interface Case {
  readonly note: string
  readonly text: string
  readonly config: { readonly class_labels: ReadonlyArray<string>; readonly class_keep_percents: object; readonly max_samples?: number }
  readonly samples: { readonly ok?: ReadonlyArray<Sample>; readonly error?: { readonly message: string } }
}

/** Upstream's choice of samples (`max_samples`, `class_keep_percents`) is a matter of splits here, not of reading. */
const cases: ReadonlyArray<Case> = golden.cases
  .flatMap(({ note, text, config, samples }) =>
    text === undefined || samples === undefined || config === undefined ? [] : [{ note, text, config, samples }]
  )
  .filter(({ config }) => config.max_samples === undefined && Object.keys(config.class_keep_percents).length === 0)

/** Where we differ from upstream 0.0.53 on purpose: what upstream does, and our code. */
const differences: Readonly<Record<string, readonly [string, string]>> = {
  "crlf + blank lines + spaces": ["trims cells and skips lines of blanks", "csv/NOT-A-NUMBER"],
  quoted: ["keeps quotation marks as part of a label", "accepted"],
  "NaN/inf/exp literals": ["reads NaN and inf as numbers", "csv/NOT-A-NUMBER"],
  "extra columns": ["ignores columns beyond the configured ones; here they are declared", "accepted"],
  empty: ["gives a dataset without samples", "csv/EMPTY-FILE"],
  "header only": ["gives a dataset without samples", "csv/NO-RECORDS"]
}

const read = async ({ text, config }: Case) => {
  const options = { label_column: "s", classes: config.class_labels }
  const labelled = text.startsWith("sepal") ? { ...options, label_column: "species" } : options
  const { diagnostics, error_count } = await report(text, labelled)
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)
  if (error_count > 0) return { errors, samples: [] }
  const scan = await scanOf(text, labelled)
  const session = csv.open(source, optionsWith(labelled), scan, "v").pipe(
    Effect.flatMap((opened) =>
      Effect.map(
        collect(
          opened,
          scan.index.map((_, k) => k)
        ),
        (raws) => raws.map((raw) => opened.mapToIr(raw, "train"))
      )
    )
  )
  return { errors, samples: await world({ [path]: text }).run(session) }
}

const essence = ({ payload, target, modality, output_type }: Sample) => ({ payload, target, modality, output_type })

describe("upstream's tabular_csv", () => {
  it("has this many recorded readings", () => {
    expect(cases).toHaveLength(14)
    expect(cases.map(({ note }) => note)).toEqual(expect.arrayContaining(Object.keys(differences)))
  })

  it.each(cases.filter(({ note }) => differences[note] === undefined))("agrees on: $note", async (each) => {
    const { errors, samples } = await read(each)
    if (each.samples.ok === undefined) expect(errors.length).toBeGreaterThan(0)
    else expect(samples.map((sample) => essence(sample as Sample))).toEqual(each.samples.ok.map(essence))
  })

  it.each(cases.filter(({ note }) => differences[note] !== undefined))("differs on purpose on: $note", async (each) => {
    const { errors, samples } = await read(each)
    const [, ours] = differences[each.note] ?? []
    if (ours === "accepted") {
      expect(errors).toEqual([])
      expect(samples).not.toEqual(each.samples.ok)
    } else expect(errors).toContain(ours)
  })

  it("agrees on what is not UTF-8", async () => {
    const { diagnostics } = await report(new Uint8Array([0xff, 0xfe, 0x41]))
    expect(diagnostics.map(({ code }) => code)).toEqual(["csv/NOT-UTF-8"])
  })
})
