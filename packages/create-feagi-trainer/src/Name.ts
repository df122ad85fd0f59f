/**
 * The name of a plugin: the id in its manifest, the folder it is written to, and the end of its package name.
 *
 * Sharp edge: the id has to be unique per kind within a project, so the ids of the trainer's own plugins are refused here; whether
 * a package of that name is taken on the registry is seen only when it is published.
 */

/** Device names of Windows, where no folder can be called so; folders that npm and Node treat in their own way. */
const unusable = new Set([
  "con",
  "prn",
  "aux",
  "nul",
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`com${n}`, `lpt${n}`]),
  "node-modules",
  "test"
])

/** Ids that the trainer's own plugins have. */
const taken = new Set(["classification"])

const longest = 60

/** What is wrong with the name, or nothing. */
export const problemOfName = (name: string): string | undefined => {
  const shown = JSON.stringify(name)
  if (name.length > longest) return `the name has ${name.length} characters; at most ${longest} are allowed`
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return `the name ${shown} is not kebab-case: lower-case letters and digits, words joined by one hyphen, a letter first, as in my-metric`
  if (unusable.has(name)) return `the name ${shown} is reserved: no folder or package can be called so on every system`
  if (taken.has(name)) return `the name ${shown} is reserved: it is the id of a plugin of the trainer, and ids are unique within a project`
  return undefined
}
