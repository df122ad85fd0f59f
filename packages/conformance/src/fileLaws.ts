/**
 * The laws of `files` of a metric pack: files in its form give the declared values under the declared names, every number says how it was
 * computed, and a damaged file is refused by name, without throwing.
 *
 * Sharp edge: how a file is damaged depends on what it is. Any file is emptied; text is made no UTF-8; JSON gets a trailing comma and is cut
 * in the middle. What else a form forbids, the pack's own tests try.
 */
import {
  type FilesRead,
  type MetricContext,
  type MetricFiles,
  type MetricResult,
  type MetricValue,
  type Scored,
  type ScoreFile,
  type ScoreFiles,
  showValue
} from "@feagi-trainer/contracts"
import { breakLaw, expectSame, messageOf } from "./Broken.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

/** Files as they lie on a disk, and what they are worth. */
export interface MetricFilesCase {
  readonly name: string
  readonly files: ScoreFiles
  /** As on the command line: `--option name=value`. */
  readonly options: Readonly<Record<string, string>>
  /** By the names under which they are reported. */
  readonly values: Readonly<Record<string, MetricValue>>
  /** Largest absolute difference of a number; 0 is bit for bit. */
  readonly tolerance: number
}

export interface FilesSubject<Options, FileOptions> {
  readonly packId: string
  readonly files: MetricFiles<Options, FileOptions>
  readonly cases: ReadonlyArray<MetricFilesCase>
  readonly score: (options: Options, context: MetricContext, samples: ReadonlyArray<Scored>) => MetricResult
  readonly signature: (options: Options) => string
}

/** The most findings that a refusal may list; then it counts the rest in one more. */
const listed = 100

const decoder = new TextDecoder("utf-8", { fatal: true })

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === "object"
  } catch {
    return false
  }
}

/** What a file may look like when it went wrong on the way. */
const damaged = (bytes: Uint8Array): ReadonlyArray<readonly [how: string, bytes: Uint8Array]> => {
  const text = textOf(bytes)
  const utf8 = new TextEncoder()
  const json = text !== undefined && isJson(text) ? text.trimEnd() : undefined
  return [
    ["an empty file", new Uint8Array(0)],
    // C3 begins a sequence that 28 does not go on with.
    ...(text === undefined ? [] : [["bytes that are not UTF-8", Uint8Array.from([...bytes, 0xc3, 0x28])] as const]),
    ...(json === undefined
      ? []
      : [
          ["JSON with a trailing comma", utf8.encode(`${json.slice(0, -1)},${json.slice(-1)}`)] as const,
          ["JSON cut in the middle", utf8.encode(json.slice(0, Math.ceil(json.length / 2)))] as const
        ])
  ]
}

/** Every file of a case in every damaged form, the others as they are. */
const damages = ({ predictions, targets }: ScoreFiles): ReadonlyArray<readonly [what: string, file: ScoreFile, files: ScoreFiles]> => [
  ...damaged(predictions.bytes).map(
    ([how, bytes]) => [`predictions: ${how}`, predictions, { predictions: { ...predictions, bytes }, targets }] as const
  ),
  ...targets.flatMap((target, at) =>
    damaged(target.bytes).map(([how, bytes]) => {
      const others = targets.map((each, index) => (index === at ? { ...each, bytes } : each))
      return [`targets ${at + 1}: ${how}`, target, { predictions, targets: others }] as const
    })
  )
]

const same = (actual: MetricValue | undefined, expected: MetricValue, tolerance: number): boolean => {
  if (actual === undefined) return false
  if (typeof expected === "number") return typeof actual === "number" && Math.abs(actual - expected) <= tolerance
  return typeof actual !== "number" && actual.insufficient === expected.insufficient
}

/** @param subject with at least one case: a reader that is shown no file keeps every law */
export const fileLaws = <Options, FileOptions>(subject: FilesSubject<Options, FileOptions>): ReadonlyArray<Law> => {
  const { packId, files, cases, score, signature } = subject
  const read = (which: MetricFilesCase): FilesRead<Options> => {
    const found = files.read(which.files, decodedOptions(files.decodeOptions, which.options))
    return found.ok
      ? found
      : breakLaw(`reading the files "${which.name}"`, "samples", `a refusal: ${found.diagnostics.map(({ message }) => message).join("; ")}`)
  }
  const resultOf = ({ options, context, scored }: FilesRead<Options>): MetricResult => score(options, context, scored)
  const options = optionsLaw(files.decodeOptions, cases[0]?.options ?? {})
  return [
    { name: "the options of the files decode, and an unknown one is refused by name", check: options.check },
    {
      name: "every reported name is given once and has a value in some of the files",
      check: () => {
        const reported = Object.values(files.names)
        const twice = reported.find((name, index) => reported.indexOf(name) !== index)
        if (twice !== undefined) breakLaw("names of the files", "each reported name once", `${twice} twice`)
        const known = new Set(cases.flatMap((each) => Object.keys(resultOf(read(each)).values)))
        for (const [name, as] of Object.entries(files.names))
          if (!known.has(name))
            breakLaw(`the value "${name}", which is reported as ${as}`, `one of ${[...known].join(", ")}`, "no such value")
      }
    },
    ...cases.map(
      (each): Law => ({
        name: `files give the declared values: ${each.name}`,
        check: () => {
          const { values } = resultOf(read(each))
          const keys = new Map(Object.entries(files.names).map(([name, as]) => [as, name]))
          for (const [as, expected] of Object.entries(each.values)) {
            const actual = values[keys.get(as) ?? ""]
            if (!same(actual, expected, each.tolerance))
              breakLaw(`${as} of the files "${each.name}"`, `${showValue(expected)} (tolerance ${each.tolerance})`, showValue(actual))
          }
        }
      })
    ),
    {
      name: "files that are read twice give the same samples, and what is missing is among them as an abstention",
      check: () => {
        for (const each of cases) {
          const [first, second] = [read(each), read(each)]
          expectSame(`the samples of "${each.name}", read twice`, first.scored, second.scored)
          const silent = new Set(first.scored.flatMap(({ sample_id, prediction }) => ("abstain" in prediction ? [sample_id] : [])))
          const lost = first.missing.find((id) => !silent.has(id))
          if (lost !== undefined)
            breakLaw(`the missing sample "${lost}" of "${each.name}"`, "an abstention among the samples", "no such one")
        }
      }
    },
    {
      name: "every number of files has a signature of one line",
      check: () => {
        for (const each of cases) {
          const found = read(each)
          const { signatures = {} } = resultOf(found)
          for (const name of Object.keys(files.names)) {
            const text = signatures[name] ?? signature(found.options)
            if (!/^\S.*$/.test(text) || /[\r\n]/.test(text))
              breakLaw(`the signature of "${name}" of "${each.name}"`, "one line that is not empty", showValue(text))
          }
        }
      }
    },
    {
      name: "a damaged file is refused by its name and without throwing",
      check: () => {
        for (const each of cases) {
          const given = decodedOptions(files.decodeOptions, each.options)
          for (const [what, file, broken] of damages(each.files)) {
            const where = `"${each.name}", ${what}`
            const expected = `a refusal that names ${file.name}`
            let found: ReturnType<typeof files.read>
            try {
              found = files.read(broken, given)
            } catch (error) {
              return breakLaw(where, expected, `an error: ${messageOf(error)}`)
            }
            if (found.ok) return breakLaw(where, expected, `${found.scored.length} samples`)
            const { diagnostics } = found
            if (diagnostics.length > listed + 1)
              breakLaw(where, `at most ${listed} findings and a count of the rest`, `${diagnostics.length} findings`)
            if (!diagnostics.some((finding) => finding.severity === "error" && finding.file === file.name && finding.message !== ""))
              breakLaw(where, expected, showValue(diagnostics.map(({ message, file: named }) => ({ message, file: named }))))
            const foreign = diagnostics.find(({ code }) => !code.startsWith(`${packId}/`))
            if (foreign !== undefined) breakLaw(`${where}: the code of a finding`, `${packId}/…`, foreign.code)
          }
        }
      }
    }
  ]
}
