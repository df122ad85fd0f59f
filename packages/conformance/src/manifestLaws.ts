/**
 * The laws of a plugin package: its manifest, its module and its package.json tell one story, and installing it runs nothing.
 *
 * Sharp edge: the three are given as values, read by the test; what the published tarball holds is seen by `npm pack --dry-run` alone.
 */
import { decodeStrict, type EntryManifest, PluginManifest, showValue } from "@feagi-trainer/contracts"
import { breakLaw, expectSame } from "./Broken.ts"
import type { Law } from "./Law.ts"

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {})

const decoded = (manifest: unknown): PluginManifest => {
  const result = decodeStrict(PluginManifest, manifest)
  if (result.ok) return result.value
  return breakLaw(
    "the manifest",
    "a plugin manifest",
    result.mistakes
      .map(
        ({ path, message, expected, actual }) =>
          `${path.join(".")} ${message}${expected === undefined ? "" : ` (expected ${expected}, got ${actual})`}`
      )
      .join("; ")
  )
}

const entries = (manifest: unknown): ReadonlyArray<EntryManifest> => decoded(manifest).entries

const isEntry = (value: unknown): boolean => {
  const { kind, spec, id } = fieldsOf(value)
  return typeof kind === "string" && typeof spec === "number" && typeof id === "string"
}

/** What must not run when a package is installed. */
const installScripts = ["preinstall", "install", "postinstall", "prepare"]

/**
 * @param manifest parsed `feagi-trainer.plugin.json`
 * @param module what `import * as module` of the package gives
 * @param packageJson parsed `package.json`
 */
export const manifestLaws = (manifest: unknown, module: Fields, packageJson: unknown): ReadonlyArray<Law> => {
  const pkg = fieldsOf(packageJson)
  return [
    { name: "the manifest is complete and has no unknown key", check: () => void decoded(manifest) },
    {
      name: "an id occurs once for each kind",
      check: () => {
        const ids = entries(manifest).map(({ kind, id }) => `${kind} ${id}`)
        const twice = ids.find((id, index) => ids.indexOf(id) !== index)
        if (twice !== undefined) breakLaw("the entries", "each kind and id once", `${twice} again`)
      }
    },
    {
      name: "every entry of the manifest is exported as what it says",
      check: () => {
        for (const { kind, id, spec, export: name } of entries(manifest)) {
          const exported = fieldsOf(module[name])
          expectSame(`the export "${name}"`, { kind, id, spec }, { kind: exported.kind, id: exported.id, spec: exported.spec })
        }
      }
    },
    {
      name: "every exported entry is in the manifest",
      check: () => {
        const listed = new Set(entries(manifest).map((entry) => entry.export))
        for (const [name, value] of Object.entries(module))
          if (isEntry(value) && !listed.has(name))
            breakLaw(`the export "${name}"`, `one of ${[...listed].join(", ")}`, "an entry that the manifest does not list")
      }
    },
    {
      name: "the options of every entry are a closed object",
      check: () => {
        for (const { id, options_schema } of entries(manifest)) {
          const { $schema, type, additionalProperties } = options_schema
          expectSame(
            `options_schema of "${id}"`,
            { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", additionalProperties: false },
            { $schema, type, additionalProperties }
          )
        }
      }
    },
    {
      name: "package.json names the manifest and publishes it",
      check: () => {
        const path = pkg.feagiTrainer
        if (typeof path !== "string") return breakLaw('"feagiTrainer" of package.json', "the path of the manifest", showValue(path))
        const file = path.replace(/^\.\//, "")
        if (!Array.isArray(pkg.files) || !pkg.files.includes(file))
          breakLaw('"files" of package.json', `a list with "${file}"`, showValue(pkg.files))
      }
    },
    {
      name: "contracts and effect are peers, so that there is one copy of them",
      check: () => {
        for (const name of ["@feagi-trainer/contracts", "effect"]) {
          if (typeof fieldsOf(pkg.peerDependencies)[name] !== "string")
            breakLaw('"peerDependencies" of package.json', name, showValue(pkg.peerDependencies))
          if (name in fieldsOf(pkg.dependencies))
            breakLaw('"dependencies" of package.json', `no ${name}: it is a peer`, showValue(pkg.dependencies))
        }
      }
    },
    {
      name: "the package can be found by its keyword and installed without running anything",
      check: () => {
        const { keywords } = pkg
        if (!Array.isArray(keywords) || !keywords.includes("feagi-trainer-plugin"))
          breakLaw('"keywords" of package.json', 'a list with "feagi-trainer-plugin"', showValue(keywords))
        const script = installScripts.find((name) => name in fieldsOf(pkg.scripts))
        if (script !== undefined) breakLaw('"scripts" of package.json', `none of ${installScripts.join(", ")}`, script)
      }
    }
  ]
}
