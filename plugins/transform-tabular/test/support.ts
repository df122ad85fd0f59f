/**
 * What the tests of every package of transforms share: the laws of each operation under each of its options, golden outputs, a corpus of
 * options against the manifest, and the example of the README.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { accepts, describeLaws, type TransformSubject, transformLaws, transformRng } from "@feagi-trainer/conformance"
import {
  decodeStrict,
  type EntryManifest,
  type IRSample,
  PluginManifest,
  type SampleShape,
  type TrainerError,
  type Transform
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { canonical } from "../../../packages/determinism/src/index.ts"

/** An operation whose types are its own business; a test only passes back what the operation itself made. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyTransform = Transform<any, any>

export interface Case {
  /** Names the golden file. */
  readonly name: string
  readonly transform: AnyTransform
  readonly options: unknown
  readonly shape: SampleShape
  readonly training?: ReadonlyArray<IRSample>
  readonly samples: ReadonlyArray<IRSample>
}

export interface Package {
  readonly manifest: unknown
  readonly module: Readonly<Record<string, unknown>>
  /** Of the test file. */
  readonly url: string
}

export const sampleOf = (sample_id: string, over: Partial<IRSample> = {}): IRSample => ({
  schema_version: 1,
  sample_id,
  dataset_version_id: "test@1",
  split: "train",
  modality: "tabular",
  payload: { tabular: [] },
  target: { class: { class_id: 0, label: null } },
  output_type: "class",
  coordinate_frame: null,
  timestamp: null,
  metadata: {},
  ...over
})

export const decoded = (transform: AnyTransform, options: unknown): unknown => {
  const found = transform.decodeOptions(options)
  if (!found.ok) throw new Error(JSON.stringify(found.mistakes))
  return found.value
}

/** The operation with its options and what it fitted, ready for samples. */
export const opened = ({ transform, options, shape, training, samples }: Omit<Case, "name">) => {
  const fold = transform.fit?.(decoded(transform, options), shape)
  if (fold?.ok === true) for (const sample of training ?? samples) fold.value.add(sample)
  const fitted = fold?.ok === true ? fold.value.result() : fold
  if (fitted?.ok === false) throw new Error(JSON.stringify(fitted.mistakes))
  const context = { options: decoded(transform, options), shape, fitted: fitted?.value }
  return {
    fitted: fitted?.value as unknown,
    shape: () => transform.shape(context),
    apply: (sample: IRSample, seed = "golden"): Promise<IRSample> =>
      Effect.runPromise(transform.apply(context, sample, transformRng(seed, sample.sample_id))),
    fault: async (sample: IRSample): Promise<TrainerError["diagnostics"][0]> =>
      (await Effect.runPromise(Effect.flip(transform.apply(context, sample, transformRng("golden", sample.sample_id))))).diagnostics[0]
  }
}

/** What is wrong with the options or the shape, `path: message`. */
export const refusals = ({ transform, options, shape, training, samples }: Omit<Case, "name">): ReadonlyArray<string> => {
  const value = decoded(transform, options)
  const fold = transform.fit?.(value, shape)
  const told = (found: {
    readonly ok: false
    readonly mistakes: ReadonlyArray<{ readonly path: ReadonlyArray<unknown>; readonly message: string }>
  }) => found.mistakes.map(({ path, message }) => `${path.join(".")}: ${message}`)
  if (fold?.ok === false) return told(fold)
  for (const sample of training ?? samples) fold?.value.add(sample)
  const fitted = fold?.value.result()
  if (fitted?.ok === false) return told(fitted)
  const after = transform.shape({ options: value, shape, fitted: fitted?.value })
  return after.ok ? [] : told(after)
}

const entriesOf = ({ manifest }: Package): ReadonlyArray<EntryManifest> => {
  const found = decodeStrict(PluginManifest, manifest)
  if (!found.ok) throw new Error(JSON.stringify(found.mistakes))
  return found.value.entries
}

/** The laws of every case, and its golden outputs. `vitest -u` writes these anew. */
export const describeCases = (plugin: Package, cases: ReadonlyArray<Case>): void => {
  const entries = entriesOf(plugin)
  it("has a case for every operation", () => {
    const tried = new Set(cases.map(({ transform }) => transform.id))
    expect(entries.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([])
  })
  for (const { name, ...subject } of cases) {
    const manifest = entries.find(({ id }) => id === subject.transform.id)
    // The types of an operation belong to its author; the suite decodes the options itself.
    const laws = { ...subject, ...(manifest === undefined ? {} : { manifest }) } as TransformSubject<unknown, unknown>
    describeLaws({ describe, it }, name, transformLaws(laws))
    it(`${name} gives its golden output`, async () => {
      const { shape, apply, fitted } = opened(subject)
      const samples: Record<string, unknown> = {}
      for (const sample of subject.samples) {
        const { payload, target, coordinate_frame } = await apply(sample)
        samples[sample.sample_id] = { payload, target, coordinate_frame }
      }
      const file = fileURLToPath(new URL(`golden/${name}.json`, plugin.url))
      await expect(`${canonical({ fitted, samples, shape: shape() })}\n`).toMatchFileSnapshot(file)
    })
  }
}

export type Corpus = ReadonlyArray<readonly [exported: string, options: unknown, accepted: boolean]>

/** The manifest beside the operations: its schemas decide as the decoders do, and it says version and phases. */
export const describeManifest = (plugin: Package, corpus: Corpus): void => {
  const entries = entriesOf(plugin)
  const operation = (name: string): AnyTransform => plugin.module[name] as AnyTransform
  describe("the manifest", () => {
    it("names exactly what the module exports, with version and phases", () => {
      expect(entries.map((entry) => entry.export).sort()).toEqual(Object.keys(plugin.module).sort())
      for (const { export: name, provides } of entries) {
        const { version, phases } = operation(name)
        expect(provides).toMatchObject({ version, phases })
      }
    })
    it.each(corpus)("agrees with the decoder of %s on %j", (name, options, accepted) => {
      const entry = entries.find((each) => each.export === name)
      expect(accepts(entry?.options_schema ?? {}, options)).toBe(accepted)
      expect(operation(name).decodeOptions(options).ok).toBe(accepted)
    })
    it.each(entries.map(({ export: name }) => name))("has no option of %s with a silent default", (name) => {
      const entry = entries.find((each) => each.export === name)
      const valid = corpus.find(([exported, , accepted]) => exported === name && accepted)
      const schema = entry?.options_schema as { readonly properties: object; readonly required: ReadonlyArray<string> }
      expect(valid).toBeDefined()
      expect([...schema.required].sort()).toEqual(Object.keys(schema.properties).sort())
    })
  })
}

/** Runs the example of the README with the imports that it names, and hands over what it logs as `// => ` comments say. */
export const describeReadme = (plugin: Package, globals: Readonly<Record<string, unknown>> = {}): void => {
  it("the README's example gives what it says", async () => {
    const readme = readFileSync(new URL("../README.md", plugin.url), "utf8")
    const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ""
    const expected = [...example.matchAll(/\/\/ => (.*)/g)].map((match) => match[1])
    const came: Array<string> = []
    const body = example.replace(/^import .*$/gm, "").replace(/^(\S.*?)\s*\/\/ => .*$/gm, "came.push(JSON.stringify($1))")
    const names = { ...plugin.module, ...globals, Effect, came }
    const run = new Function(`{ ${Object.keys(names).join(", ")} }`, `return (async () => { ${body} })()`) as (
      given: object
    ) => Promise<void>
    await run(names)
    expect(expected.length).toBeGreaterThan(0)
    expect(came).toEqual(expected)
  })
}
