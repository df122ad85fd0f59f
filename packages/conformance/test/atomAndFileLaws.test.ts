/** The laws of atoms and of files of a metric pack, each with a pack that breaks it. */
import { describe, expect, it } from "vitest"
import { type Law, metricPackLaws } from "../src/index.ts"
import { proveRed } from "./proveRed.ts"
import { type Form, type Shares, shares, sharesSubject } from "./shares.ts"

const { atoms: _atoms, files: _files, ...bare } = shares
const general = new Set(metricPackLaws({ ...sharesSubject, pack: bare }).map(({ name }) => name))
/** The laws that atoms and files add to those of every pack. */
const added = (over: Partial<Shares>, more: Partial<typeof sharesSubject> = {}): ReadonlyArray<Law> =>
  metricPackLaws({ ...sharesSubject, ...more, pack: { ...shares, ...over } }).filter(({ name }) => !general.has(name))

type Atoms = NonNullable<Shares["atoms"]>
const sorting = (over: (sorted: ReturnType<Atoms>, samples: Parameters<Atoms>[2]) => Partial<ReturnType<Atoms>>): ReadonlyArray<Law> =>
  added({
    atoms: (options, context, samples) => {
      const sorted = shares.atoms(options, context, samples)
      return { ...sorted, ...over(sorted, samples) }
    }
  })
const reading = (over: Partial<Form>): ReadonlyArray<Law> => added({ files: { ...shares.files, ...over } })
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const lenient = (repair: (text: string) => string): ReadonlyArray<Law> =>
  reading({
    read: (files, options) => {
      const { name, bytes } = files.predictions
      return shares.files.read({ ...files, predictions: { name, bytes: bytesOf(repair(new TextDecoder().decode(bytes))) } }, options)
    }
  })
const damaged = "a damaged file is refused by its name and without throwing"
const [first] = sharesSubject.files ?? []
if (first === undefined) throw new Error("the subject has no files")

proveRed("metricPackLaws of atoms and files", () => added({}), [
  [
    "rounds by the way of its atoms",
    () =>
      sorting(({ values }) => ({
        values: (times) => ({ accuracy: Number(values(times).accuracy) * (1 + 2e-16) || { insufficient: "no sample" } })
      })),
    ["a multiset of atoms gives what its samples give, each folded as often", "atoms give what the fold gives, bit for bit"]
  ],
  [
    "has an atom fewer than it names",
    () => sorting(() => ({ count: 2 })),
    [
      "a multiset of atoms gives what its samples give, each folded as often",
      "atoms give what the fold gives, bit for bit",
      "atoms have no memory and leave what they are given as it is"
    ]
  ],
  [
    "has values of the samples themselves only",
    () => sorting(() => ({ values: () => ({}) })),
    "atoms give what the fold gives, bit for bit"
  ],
  [
    "takes an atom that occurs twice for one that occurs once",
    () =>
      sorting(({ values }) => ({
        values: (times) => values(times.some((count) => count > 8) ? times.map((count) => Math.min(count, 8)) : times)
      })),
    "a multiset of atoms gives what its samples give, each folded as often"
  ],
  [
    "uses up the multiplicities that it is given",
    () =>
      sorting(({ values }) => ({
        values: (times) => {
          const found = values(times)
          times.fill(0)
          return found
        }
      })),
    "atoms have no memory and leave what they are given as it is"
  ],
  [
    "takes any option of a file",
    () => reading({ decodeOptions: () => ({ ok: true, value: { unit: "share" } }) }),
    "the options of the files decode, and an unknown one is refused by name"
  ],
  [
    "reports two values under one name",
    () => added({ files: { ...shares.files, names: { accuracy: "acc", answered: "acc" } } }, { files: [{ ...first, values: {} }] }),
    "every reported name is given once and has a value in some of the files"
  ],
  [
    "reports a value that it does not have",
    () => reading({ names: { ...shares.files.names, acuracy: "accuracy" } }),
    "every reported name is given once and has a value in some of the files"
  ],
  [
    "drops the last line of a file",
    () =>
      reading({
        read: (files, options) => {
          const found = shares.files.read(files, options)
          return found.ok ? { ...found, scored: found.scored.slice(0, -1) } : found
        }
      }),
    "files give the declared values: four answers"
  ],
  [
    "counts a sample as missing that it does not score",
    () =>
      reading({
        read: (files, options) => {
          const found = shares.files.read(files, options)
          return found.ok ? { ...found, missing: ["z"] } : found
        }
      }),
    "files that are read twice give the same samples, and what is missing is among them as an abstention"
  ],
  ["does not sign what it computes", () => added({ signature: () => "" }), "every number of files has a signature of one line"],
  ["takes an empty file for an empty list", () => lenient((text) => (text === "" ? "[]" : text)), damaged],
  ["replaces what is not UTF-8", () => lenient((text) => text.replace(/\uFFFD\(?$/, "")), damaged],
  ["takes a trailing comma", () => lenient((text) => text.replace(/,\]\s*$/, "]")), damaged],
  [
    "closes what was cut off",
    () => lenient((text) => (text.endsWith("\n") || text === "" ? text : `${text.slice(0, text.lastIndexOf("}") + 1)}]`)),
    damaged
  ],
  [
    "throws at what it cannot read",
    () =>
      reading({
        read: (files, options) => {
          const found = shares.files.read(files, options)
          if (!found.ok) throw new SyntaxError("unreadable")
          return found
        }
      }),
    damaged
  ],
  [
    "refuses a file without saying which",
    () =>
      reading({
        read: (files, options) => {
          const found = shares.files.read(files, options)
          return found.ok ? found : { ok: false, diagnostics: found.diagnostics.map(({ file: _, ...rest }) => rest) }
        }
      }),
    damaged
  ],
  [
    "refuses under the code of another",
    () =>
      reading({
        read: (files, options) => {
          const found = shares.files.read(files, options)
          return found.ok ? found : { ok: false, diagnostics: found.diagnostics.map((each) => ({ ...each, code: "FT5005" })) }
        }
      }),
    damaged
  ]
])

describe("the laws about files", () => {
  it("are left out where no file is given, and those about atoms where there are none", () => {
    expect(added({}, { files: [] }).map(({ name }) => name)).toHaveLength(3)
    expect(added({}).map(({ name }) => name)).toHaveLength(9)
  })
})
