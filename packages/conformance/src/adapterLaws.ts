/**
 * The laws of an adapter: the same bytes give the same samples, in whatever order and from whatever place they are asked for.
 *
 * Sharp edge: everything runs on files in memory (`memoryRoot`). An adapter holds no file handle of its own, so an early stop is seen
 * only in that its scope closes and reading goes on afterwards.
 */
import {
  type Adapter,
  type AdapterSession,
  ApprovedRoots,
  type DatasetScan,
  type EntryManifest,
  IRSample,
  Progress,
  type RawSample,
  type RootFiles,
  type Source,
  type Split,
  showValue,
  TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Schema, type Scope, Stream } from "effect"
import { breakLaw, expectSame, plain } from "./Broken.ts"
import { rngOf, suiteSeed } from "./Cases.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { type MemoryFiles, memoryRoot } from "./memoryRoot.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

/** Input with a fault that has to be found. */
export interface CorruptFiles {
  readonly name: string
  readonly files: MemoryFiles
  /** The code of the finding that has to be among the errors. */
  readonly code: string
}

export interface AdapterSubject<Options> {
  readonly adapter: Adapter<Options>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly source: Source
  /** A sound dataset of at least three samples. */
  readonly files: MemoryFiles
  readonly corrupt?: ReadonlyArray<CorruptFiles>
  readonly manifest?: EntryManifest
}

const versionId = "conformance@1"
const split: Split = "train"

/** The same files, one byte of `path` changed. */
const altered = (files: MemoryFiles, path: string): MemoryFiles => {
  const content = files[path]
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content ?? [])
  const last = bytes.length - 1
  bytes[last] = (bytes[last] ?? 0) ^ 1
  return { ...files, [path]: bytes }
}

/** The laws for this adapter on these files, and one more for each corrupt input. */
export const adapterLaws = <Options>(subject: AdapterSubject<Options>): ReadonlyArray<Law> => {
  const { adapter, source, files } = subject
  const options = (): Options => decodedOptions(adapter.decodeOptions, subject.options)

  const run = <A>(
    work: Effect.Effect<A, TrainerError, ApprovedRoots | Progress | Scope.Scope>,
    root: RootFiles = memoryRoot(files)
  ): Promise<A> =>
    work.pipe(
      Effect.scoped,
      Effect.provideService(ApprovedRoots, root),
      Effect.provideService(Progress, { report: () => Effect.void }),
      Effect.runPromise
    )
  const validate = (): Promise<ValidationReport> => run(adapter.validate(source, options()))

  const scanned = async (): Promise<DatasetScan> => {
    const report = await validate()
    return (
      report.scan ??
      breakLaw("validate() of the sound files", "a scan", `${report.error_count} errors: ${showValue(report.diagnostics[0])}`)
    )
  }
  const within = async <A>(
    use: (session: AdapterSession, scan: DatasetScan) => Effect.Effect<A, TrainerError, Scope.Scope>,
    root?: RootFiles
  ): Promise<A> => {
    const scan = await scanned()
    return run(
      Effect.flatMap(adapter.open(source, options(), scan, versionId), (session) => use(session, scan)),
      root
    )
  }
  const collect = (session: AdapterSession, order: ReadonlyArray<number>, from = 0) => Stream.runCollect(session.stream(order, from))
  const positions = (scan: DatasetScan): ReadonlyArray<number> => scan.index.map((_, position) => position)
  const read = (order: (scan: DatasetScan) => ReadonlyArray<number>, from = 0): Promise<ReadonlyArray<RawSample>> =>
    within((session, scan) => Effect.map(collect(session, order(scan), from), (raw) => [...raw]))

  return [
    optionsLaw(adapter.decodeOptions, subject.options),
    {
      name: "discover proposes candidates from best to worst whose options decode",
      check: async () => {
        const candidates = await run(adapter.discover(source))
        if (candidates.length === 0) breakLaw("discover() of the sound files", "at least one candidate", "none")
        let last = 1
        for (const { confidence, title, options: proposed, because } of candidates) {
          if (!(confidence >= 0 && confidence <= last))
            breakLaw(`the confidence of "${title}"`, `a number from 0 to ${last}, falling`, String(confidence))
          if (because === "") breakLaw(`the candidate "${title}"`, "a reason", "an empty text")
          last = confidence
          decodedOptions(adapter.decodeOptions, proposed)
        }
      }
    },
    {
      name: "the same files are validated to the same report",
      check: async () => expectSame("validate(), called twice", await validate(), await validate())
    },
    {
      name: "ids are unique, and every sample has the SHA-256 of its content",
      check: async () => {
        const { index } = await scanned()
        const seen = new Set<string>()
        for (const { sample_id, content_hash } of index) {
          if (sample_id === "" || seen.has(sample_id))
            breakLaw("the ids of the index", "each id once, none of them empty", `${showValue(sample_id)} again`)
          if (!/^[0-9a-f]{64}$/.test(content_hash))
            breakLaw(`the content hash of "${sample_id}"`, "64 lower-case hex digits", showValue(content_hash))
          seen.add(sample_id)
        }
      }
    },
    {
      name: "the scan names the files that it read, with their length and SHA-256",
      check: async () => {
        const scan = await scanned()
        if (scan.files.length === 0) breakLaw("the files of the scan", "at least one", "none")
        for (const { path, bytes, sha256 } of scan.files) {
          const content = files[path]
          if (content === undefined) return breakLaw("the files of the scan", `some of ${Object.keys(files).join(", ")}`, path)
          const data = typeof content === "string" ? new TextEncoder().encode(content) : content
          expectSame(`the file ${path} of the scan`, { bytes: data.length, sha256: sha256Hex(data) }, { bytes, sha256 })
        }
      }
    },
    {
      name: "every entry of the index is read once, by its own id",
      check: async () => {
        const raw = await read(positions)
        const { index } = await scanned()
        expectSame(
          "position and id of all that was read",
          index.map(({ sample_id }, position) => ({ position, sample_id })),
          raw.map(({ position, sample_id }) => ({ position, sample_id }))
        )
      }
    },
    {
      name: "two reads give equal samples",
      check: async () => expectSame("the records of two reads", await read(positions), await read(positions))
    },
    {
      name: "another order gives the same samples",
      check: async () => {
        const shuffled = await read((scan) => rngOf(suiteSeed, "order").shuffle(positions(scan)))
        const byPosition = [...shuffled].sort((left, right) => left.position - right.position)
        expectSame("the records read in another order, sorted back", await read(positions), byPosition)
      }
    },
    {
      name: "reading that starts at n gives the tail from n",
      check: async () => {
        const whole = await read(positions)
        for (const from of [0, 1, whole.length - 1, whole.length])
          expectSame(`the records from the ${from}-th on`, whole.slice(from), await read(positions, from))
      }
    },
    {
      name: "who stops early has read the first samples, and others go on reading",
      check: async () => {
        const [first, again] = await within((session, scan) =>
          Effect.gen(function* () {
            const early = yield* Stream.runCollect(Stream.take(session.stream(positions(scan), 0), 1))
            return [[...early], [...(yield* collect(session, positions(scan)))]] as const
          })
        )
        expectSame("the first record, where nothing else was asked for", (await read(positions)).slice(0, 1), first)
        expectSame("all records, after an early stop", await read(positions), again)
      }
    },
    {
      name: "a record is made into the same sample every time, under its own id, version and split",
      check: async () => {
        await within((session, scan) =>
          Effect.map(collect(session, positions(scan)), (raw) => {
            for (const each of raw) {
              const before = structuredClone(each)
              const sample = session.mapToIr(each, split)
              expectSame(`mapToIr() of "${each.sample_id}", called twice`, sample, session.mapToIr(each, split))
              expectSame(`the record "${each.sample_id}" after mapToIr()`, before, each)
              const { sample_id, dataset_version_id } = sample
              expectSame(
                `id, version and split of "${each.sample_id}"`,
                { sample_id: each.sample_id, dataset_version_id: versionId, split },
                { sample_id, dataset_version_id, split: sample.split }
              )
              if (!Schema.is(IRSample)(sample)) breakLaw(`mapToIr() of "${each.sample_id}"`, "an IRSample", showValue(sample))
            }
          })
        )
      }
    },
    {
      name: "files that are not those of the scan are refused",
      check: async () => {
        const { files: scannedFiles } = await scanned()
        const [first] = scannedFiles
        if (first === undefined) return breakLaw("the files of the scan", "at least one", "none")
        let came: unknown
        try {
          came = await within((session, scan) => collect(session, positions(scan)), memoryRoot(altered(files, first.path)))
        } catch (error) {
          if (error instanceof TrainerError && error.reason === "integrity") return
          return breakLaw(`reading after one byte of ${first.path} changed`, "a TrainerError with reason integrity", String(error))
        }
        breakLaw(`reading after one byte of ${first.path} changed`, "a TrainerError with reason integrity", `samples: ${showValue(came)}`)
      }
    },
    ...(subject.corrupt ?? []).map(
      (corrupt): Law => ({
        name: `finds the fault: ${corrupt.name}`,
        check: async () => {
          const report = await run(adapter.validate(source, options()), memoryRoot(corrupt.files))
          const errors = report.diagnostics.filter(({ severity }) => severity === "error")
          const codes = errors.map(({ code }) => code)
          if (!codes.includes(corrupt.code))
            breakLaw("the errors of validate()", `one with the code ${corrupt.code}`, codes.join(", ") || "no error")
          if (report.scan !== undefined) breakLaw("validate() of faulty files", "a report without a scan", "a scan")
          if (report.error_count < errors.length) breakLaw("error_count", `at least ${errors.length}`, String(report.error_count))
          const placeless = errors.find(({ file }) => file === undefined)
          if (placeless !== undefined) breakLaw(`the error ${placeless.code}`, "the file that it is about", plain("the error", placeless))
        }
      })
    ),
    ...entryLaw(adapter, subject.manifest)
  ]
}
