/**
 * The laws of an adapter: the same bytes give the same samples, in whatever order and from whatever place they are asked for, and
 * other bytes are refused.
 *
 * Sharp edge: everything runs on files in memory (`memoryRoot`). An adapter holds no file handle of its own, so an early stop is seen
 * only in that nothing is read afterwards and others go on reading.
 */
import { isDeepStrictEqual } from "node:util"
import {
  CONTENT_CHANGED,
  type DatasetScan,
  type EntryManifest,
  IRSample,
  type RawSample,
  type RootFiles,
  type Split,
  showValue,
  TrainerError
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type AdapterSubject, adapterHost, collect, positionsOf, versionId } from "./AdapterSubject.ts"
import { breakLaw, expectSame, messageOf, plain } from "./Broken.ts"
import { rngOf, suiteSeed } from "./Cases.ts"
import { expectDeclared } from "./capabilityLaws.ts"
import { entryLaw } from "./EntryLaw.ts"
import { expectFits } from "./fitsScan.ts"
import type { Law } from "./Law.ts"
import { isOutside, type MemoryFiles, memoryRoot } from "./memoryRoot.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"
import { watchedRoot } from "./watchedRoot.ts"

/** The most entries that may come with one call of the sink: a scan runs in bounded memory. */
const largestBatch = 4096
/** Places to go on from, and files to change: all of a small dataset, the first of a large one. */
const mostPlaces = 256
const mostFiles = 16

const split: Split = "train"

const bytesOf = (content: string | Uint8Array | undefined): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content ?? [])

interface Change {
  readonly path: string
  readonly what: string
  /** All files, this one changed. */
  readonly files: MemoryFiles
}

/** What can have happened to a file since it was scanned. */
const changesOf = (files: MemoryFiles, path: string): ReadonlyArray<Change> => {
  const bytes = bytesOf(files[path])
  const last = bytes.at(-1)
  const variants: ReadonlyArray<readonly [what: string, changed: Uint8Array]> = [
    ["a byte was added", Uint8Array.of(...bytes, 10)],
    ...(last === undefined
      ? []
      : [["one bit was changed", bytes.with(-1, last ^ 1)] as const, ["the last byte was cut off", bytes.slice(0, -1)] as const])
  ]
  return variants.map(([what, changed]) => ({ path, what, files: { ...files, [path]: changed } }))
}

/** Lets everything run that is ready to run. */
const turns = Effect.promise(async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
})

const isContentChanged = (error: unknown, path: string): boolean =>
  error instanceof TrainerError &&
  error.reason === "integrity" &&
  error.diagnostics.some(
    ({ code, file, expected, actual }) =>
      code === CONTENT_CHANGED && file === path && expected !== undefined && actual !== undefined && expected !== actual
  )

/** The laws for this adapter on these files, and one more for each corrupt input. */
export const adapterLaws = <Options>(subject: AdapterSubject<Options>): ReadonlyArray<Law> => {
  const { adapter, source, files } = subject
  const { options, run, validate, scanned, opened, read } = adapterHost(subject)
  /** Everything that a scan says. */
  const told = async (root?: RootFiles) => {
    const { report, index } = await validate(root)
    return { report, entries: index.scanned }
  }
  const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => rngOf(suiteSeed, "order").shuffle(items)

  /** What comes of reading when a file is not what it was: the records, or why there are none. */
  const attempt = async (work: () => Promise<ReadonlyArray<RawSample>>) => {
    try {
      return { records: await work() }
    } catch (error) {
      return { error }
    }
  }
  const mustRefuse = async (change: (path: string) => ReadonlyArray<Change>): Promise<void> => {
    const scan = await scanned()
    for (const { path, what, files: changed } of scan.files.slice(0, mostFiles).flatMap((file) => change(file.path))) {
      const came = await attempt(() => read(scan, memoryRoot(changed)))
      if ("error" in came && isContentChanged(came.error, path)) continue
      breakLaw(
        `reading ${path} after ${what}`,
        `contentChanged(): ${CONTENT_CHANGED} with this file, what was registered and what is there`,
        "error" in came ? messageOf(came.error) : `${came.records.length} records`
      )
    }
  }

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
      check: async () => expectSame("report and entries of validate(), called twice", await told(), await told())
    },
    {
      name: "the order in which a folder lists its files changes nothing",
      check: async () => {
        const root = memoryRoot(files)
        const mixed: RootFiles = { ...root, list: (folder) => Effect.map(root.list(folder), shuffled) }
        expectSame("the candidates of discover()", await run(adapter.discover(source)), await run(adapter.discover(source), mixed))
        expectSame("report and entries of validate()", await told(), await told(mixed))
      }
    },
    {
      name: "nothing outside of the root is asked for",
      check: async () => {
        const root = watchedRoot(memoryRoot(files))
        await run(adapter.discover(source), root)
        await validate(root)
        await read(await scanned(), root)
        const stray = root.asked.find(isOutside)
        if (stray !== undefined) breakLaw("the paths that were asked for", "relative ones without . or ..", JSON.stringify(stray))
      }
    },
    {
      name: `entries come in batches of at most ${largestBatch}`,
      check: async () => {
        const { index } = await validate(memoryRoot(subject.large ?? files))
        if (subject.large !== undefined && index.scanned.length <= largestBatch)
          breakLaw("the large dataset", `more than ${largestBatch} samples`, String(index.scanned.length))
        const largest = Math.max(0, ...index.batches)
        if (largest > largestBatch) breakLaw("the largest batch that validate() adds", `at most ${largestBatch} entries`, String(largest))
      }
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
      name: "near signatures are of one length, and of two samples one is as near as the other",
      check: async () => {
        const { index } = await validate()
        const [first, ...rest] = index.scanned.flatMap(({ near }) => (near?.vector === undefined ? [] : [near.vector]))
        for (const vector of rest) expectSame("the length of a vector", first?.length, vector.length)
        for (const value of [first ?? [], ...rest].flat())
          if (!Number.isFinite(value)) breakLaw("a vector", "finite numbers", String(value))
        if (index.scanned.some(({ near }) => near?.key === "")) breakLaw("a key", "a text", "an empty one")
        const scan = await scanned()
        await opened(scan, (session) =>
          Effect.gen(function* () {
            const { near } = session
            if (near === undefined) return
            const raw = yield* collect(session, positionsOf(scan).slice(0, mostFiles))
            const sketches = yield* Effect.forEach(raw, (each) => near.sketch(each))
            for (const [at, left] of sketches.entries())
              for (const right of sketches.slice(at))
                expectSame("same() of two sketches, both ways", near.same(left, right), near.same(right, left))
          })
        )
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
          const data = bytesOf(content)
          expectSame(`the file ${path} of the scan`, { bytes: data.length, sha256: sha256Hex(data) }, { bytes, sha256 })
        }
      }
    },
    {
      name: "every entry of the index is read once, by its own id",
      check: async () => {
        const scan = await scanned()
        expectSame(
          "position and id of all that was read",
          scan.index.map(({ sample_id }, position) => ({ position, sample_id })),
          (await read(scan)).map(({ position, sample_id }) => ({ position, sample_id }))
        )
      }
    },
    {
      name: "two reads give equal samples",
      check: async () => {
        const scan = await scanned()
        expectSame("the records of two reads", await read(scan), await read(scan))
      }
    },
    {
      name: "another order gives the same samples",
      check: async () => {
        const scan = await scanned()
        const mixed = await read(scan, undefined, shuffled(positionsOf(scan)))
        const byPosition = [...mixed].sort((left, right) => left.position - right.position)
        expectSame("the records read in another order, sorted back", await read(scan), byPosition)
      }
    },
    {
      name: "reading that starts at n gives the tail from n, for every n",
      check: async () => {
        const scan = await scanned()
        const order = shuffled(positionsOf(scan))
        const whole = await read(scan, undefined, order)
        const places = order.length < mostPlaces ? [...order, order.length] : [...order.slice(0, mostPlaces), order.length]
        for (const from of places)
          expectSame(`the records from the ${from}-th on`, whole.slice(from), await read(scan, undefined, order, from))
      }
    },
    {
      name: "who stops early has read the first samples, and others go on reading",
      check: async () => {
        const scan = await scanned()
        const [first, again] = await opened(scan, (session) =>
          Effect.gen(function* () {
            const early = yield* Stream.runCollect(Stream.take(session.stream(positionsOf(scan), 0), 1))
            return [[...early], yield* collect(session, positionsOf(scan))] as const
          })
        )
        const whole = await read(scan)
        expectSame("the first record, where nothing else was asked for", whole.slice(0, 1), first)
        expectSame("all records, after an early stop", whole, again)
      }
    },
    {
      name: "nothing is read after an early stop",
      check: async () => {
        const scan = await scanned()
        const root = watchedRoot(memoryRoot(files))
        const [then, later] = await opened(
          scan,
          (session) =>
            Effect.gen(function* () {
              yield* Stream.runDrain(Stream.take(session.stream(positionsOf(scan), 0), 1))
              const count = root.asked.length
              yield* turns
              return [count, root.asked.length] as const
            }),
          root
        )
        expectSame("how often the root was asked, at the stop and later", then, later)
      }
    },
    {
      name: "a record is made into the same sample every time, under its own id, version and split",
      check: async () => {
        const scan = await scanned()
        await opened(scan, (session) =>
          Effect.map(collect(session, positionsOf(scan)), (raw) => {
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
      name: "every sample has the modality, output type, shape and classes of the scan",
      check: async () => {
        const scan = await scanned()
        await opened(scan, (session) =>
          Effect.map(collect(session, positionsOf(scan)), (raw) => {
            for (const each of raw) expectFits(scan, each, session.mapToIr(each, split))
          })
        )
      }
    },
    {
      name: "source, options, scan and order are left as they are",
      check: async () => {
        const scan = await scanned()
        const given = { source, options: options(), scan, order: [...positionsOf(scan)] }
        const before = structuredClone(given)
        await run(adapter.discover(given.source))
        await run(adapter.validate(given.source, given.options))
        await run(
          Effect.flatMap(adapter.open(given.source, given.options, given.scan, versionId), (session) => collect(session, given.order))
        )
        for (const what of ["source", "options", "scan", "order"] as const)
          if (!isDeepStrictEqual(given[what], before[what]))
            breakLaw(`the ${what} after discover(), validate() and open()`, showValue(before[what]), showValue(given[what]))
      }
    },
    {
      name: "a file that changed is refused by its path",
      check: () => mustRefuse((path) => changesOf(files, path))
    },
    {
      name: "a file that is gone is refused by its path",
      check: () =>
        mustRefuse((path) => {
          const { [path]: _, ...left } = files
          return [{ path, what: "it was deleted", files: left }]
        })
    },
    {
      name: "a file that changes while it is read is refused, or read as it was",
      check: async () => {
        const scan = await scanned()
        const whole = await read(scan)
        for (const { path, what, files: changed } of scan.files.slice(0, mostFiles).flatMap((file) => changesOf(files, file.path))) {
          let root = memoryRoot(files)
          const current: RootFiles = {
            info: (at) => Effect.suspend(() => root.info(at)),
            read: (at, offset, length) => Effect.suspend(() => root.read(at, offset, length)),
            list: (folder) => Effect.suspend(() => root.list(folder))
          }
          const came = await attempt(() =>
            opened(
              scan,
              (session) =>
                Effect.suspend(() => {
                  root = memoryRoot(changed)
                  return collect(session, positionsOf(scan))
                }),
              current
            )
          )
          if ("records" in came) expectSame(`the records of ${path}, read after ${what}`, whole, came.records)
          else if (!isContentChanged(came.error, path))
            breakLaw(`reading ${path} after ${what}`, `${CONTENT_CHANGED} with this file, or the records`, messageOf(came.error))
        }
      }
    },
    ...(subject.corrupt ?? []).map(
      (corrupt): Law => ({
        name: `finds the fault: ${corrupt.name}`,
        check: async () => {
          const { report } = await validate(memoryRoot(corrupt.files))
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
    ...entryLaw(adapter, subject.manifest),
    ...declaredLaw(subject.manifest, scanned)
  ]
}

/** No law without a manifest. */
const declaredLaw = (manifest: EntryManifest | undefined, scanned: () => Promise<DatasetScan>): ReadonlyArray<Law> =>
  manifest === undefined
    ? []
    : [
        {
          name: "modality and output type of the scan are those that the manifest provides",
          check: async () => expectDeclared(manifest, await scanned())
        }
      ]
