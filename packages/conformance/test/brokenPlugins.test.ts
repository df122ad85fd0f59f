/** Ten plugins, each broken as plugins break in the wild: the law that is meant catches it, and no other one is in the way. */
import {
  ApprovedRoots,
  decodeNoOptions,
  IndexSink,
  type NoOptions,
  Sampler,
  type SampleShape,
  type ScannedEntry,
  Transform,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { adapterLaws, checkLaws, epochRng, type Law, samplerLaws, transformLaws } from "../src/index.ts"
import { type Lines, lines, linesSubject, readFile } from "./lines.ts"
import { tabular } from "./samples.ts"

const adapter = (over: Partial<Lines>): ReadonlyArray<Law> => adapterLaws({ ...linesSubject, adapter: { ...lines, ...over } })
const random: Sampler<NoOptions> = Sampler.define({
  id: "random",
  decodeOptions: decodeNoOptions,
  plan: (_, { index, rng }) => ({ order: rng.shuffle(index.map(({ position }) => position)), draws: "permutation" })
})
const sampler = (plan: typeof random.plan): ReadonlyArray<Law> =>
  samplerLaws({ sampler: { ...random, plan }, options: {}, epochs: "different" })

const shape: SampleShape = { kind: "tabular", features: [{ name: "x", min: 0, max: 8 }] }
const samples = [2, 6, 8].map((x, at) => tabular(`s${at}`, [x], 0))
/** Every row, changed; what is no row is refused. */
const rows =
  (change: (x: number, rng: Parameters<Transform["apply"]>[2]) => number): Transform<NoOptions, undefined>["apply"] =>
  (_, sample, rng) =>
    "tabular" in sample.payload
      ? Effect.succeed({ ...sample, payload: { tabular: sample.payload.tabular.map((x) => change(x, rng)) } })
      : Effect.fail(trainerError("invalid", { code: "half/ROW", message: "takes rows", sample_id: sample.sample_id }))
const halved: Transform<NoOptions, undefined> = Transform.define({
  id: "half",
  version: 1,
  phases: "all",
  decodeOptions: decodeNoOptions,
  shape: ({ shape: given }) =>
    given.kind === "tabular"
      ? { ok: true, value: { kind: "tabular", features: given.features.map((each) => ({ ...each, max: each.max / 2 })) } }
      : { ok: false, mistakes: [{ path: [], problem: "invalid", message: "takes rows" }] },
  apply: rows((x) => x / 2)
})
const noise: Transform<NoOptions, undefined> = {
  ...halved,
  id: "noise",
  phases: "train",
  shape: (context) => (context.shape.kind === "tabular" ? { ok: true, value: context.shape } : halved.shape(context)),
  apply: rows((_, rng) => rng.below(9))
}
const transform = (over: Partial<typeof halved>, sound = halved): ReadonlyArray<Law> =>
  transformLaws({ transform: { ...sound, ...over }, options: {}, shape, samples })

const table: ReadonlyArray<readonly [bug: string, laws: () => ReadonlyArray<Law>, law: string]> = [
  [
    "an adapter that reads the record beside the one of the index",
    () =>
      adapter({
        open: (source, options, scan, version) =>
          lines.open(
            source,
            options,
            { ...scan, index: scan.index.map((entry, at) => ({ ...entry, at: scan.index[(at + 1) % scan.index.length]?.at ?? [] })) },
            version
          )
      }),
    "every sample has the modality, output type, shape and classes of the scan"
  ],
  [
    "an adapter that begins at the first record again when it is resumed",
    () =>
      adapter({
        open: (...given) => Effect.map(lines.open(...given), (session) => ({ ...session, stream: (order) => session.stream(order, 0) }))
      }),
    "reading that starts at n gives the tail from n, for every n"
  ],
  [
    "an adapter that takes a file of the same length for the same file",
    () =>
      adapter({
        open: (source, options, scan, version) =>
          Effect.gen(function* () {
            const roots = yield* ApprovedRoots
            const found = yield* Effect.forEach(scan.files, (file) =>
              Effect.matchEffect(roots.info(file.path), {
                onFailure: () => Effect.succeed(file),
                onSuccess: ({ bytes }) => (bytes === file.bytes ? readFile(file.path) : Effect.succeed(file))
              })
            )
            return yield* lines.open(source, options, { ...scan, files: found }, version)
          })
      }),
    "a file that changed is refused by its path"
  ],
  [
    "an adapter that keeps the whole index until the end of the scan",
    () =>
      adapter({
        validate: (source, options) =>
          Effect.gen(function* () {
            const all: Array<ScannedEntry> = []
            const add = (entries: ReadonlyArray<ScannedEntry>) => Effect.sync(() => void all.push(...entries))
            const report = yield* Effect.provideService(lines.validate(source, options), IndexSink, { add })
            yield* (yield* IndexSink).add(all)
            return report
          })
      }),
    "entries come in batches of at most 4096"
  ],
  [
    "a sampler that drops the last sample when batches of two do not fit",
    () =>
      sampler((options, request) => {
        const { order, draws } = random.plan(options, request)
        return { order: order.length > 2 ? order.slice(0, order.length - (order.length % 2)) : order, draws }
      }),
    "an order is a permutation of the positions, or says what it leaves out or repeats"
  ],
  [
    "a sampler that sorts the index of the host in place",
    () =>
      sampler((options, request) => {
        // Read-only for the compiler alone, as for an author who writes JavaScript.
        const own = request.index as Array<(typeof request.index)[number]>
        own.sort((left, right) => right.position - left.position)
        return random.plan(options, { ...request, index: [...own].sort((left, right) => left.position - right.position) })
      }),
    "the index is left as it is"
  ],
  [
    "a sampler that has a seed of its own",
    () => sampler((options, request) => random.plan(options, { ...request, rng: epochRng("42", request.epoch) })),
    "seeds differ"
  ],
  [
    "a transform that subtracts the sample before",
    () => {
      let before = 0
      return transform({
        apply: rows((x) => {
          const difference = Math.abs(x - before) / 2
          before = x
          return difference
        })
      })
    },
    "the same sample and chance give the same bytes, whatever was applied before"
  ],
  [
    "a transform that scales and leaves the range of its shape as it was",
    () => transform({ apply: rows((x) => x * 2) }),
    "every sample comes out in the declared shape"
  ],
  [
    "an augmentation that adds the same noise every time",
    () => transform({ apply: rows(() => 3) }, noise),
    "an augmentation draws from the chance that it is handed"
  ]
]

describe("a broken plugin", () => {
  it("is one of ten, each caught by a law of its own", () => {
    expect(table).toHaveLength(10)
    expect(new Set(table.map(([, , law]) => law)).size).toBe(10)
  })

  it("is not one of the sound ones that the bugs were planted in", async () => {
    const sound = [adapter({}), sampler(random.plan), transform({}), transform({}, noise)]
    for (const laws of sound) expect((await checkLaws("sound", laws)).failed).toEqual([])
  })

  it.each(table)("is caught: %s", async (_, laws, law) => {
    const { failed } = await checkLaws("broken", laws())
    expect(failed.map((each) => each.law)).toEqual([law])
  })
})
