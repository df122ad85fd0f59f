/**
 * One copy of `effect` and `@feagi-trainer/contracts` for the host and every plugin that is linked from a working folder.
 *
 * Node resolves what a linked plugin imports from where the plugin really lies, which is outside of the project: its peers are missing
 * there, or are other copies whose errors and services the host does not recognise. Plugins that are installed into the project share
 * its copies by themselves.
 */
import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"

const peers = ["effect", "@feagi-trainer/contracts"]
const isPeer = (specifier: string): boolean => peers.some((peer) => specifier === peer || specifier.startsWith(`${peer}/`))

/** Folders of linked plugins, as URLs that end in a slash. They stay for the life of the process, like the modules themselves. */
const linked = new Set<string>()

/** @param folder absolute, without symbolic links */
export const sharePeersWith = (folder: string): void => {
  if (linked.size === 0)
    registerHooks({
      resolve: (specifier, context, next) => {
        const from = context.parentURL
        const shared = from !== undefined && isPeer(specifier) && [...linked].some((each) => from.startsWith(each))
        return next(specifier, shared ? { ...context, parentURL: import.meta.url } : context)
      }
    })
  linked.add(pathToFileURL(`${folder}/`).href)
}
