/**
 * Keeps what V8 compiled of these modules for the next start, where Node does (its own folder in the system's for temporary files;
 * NODE_DISABLE_COMPILE_CACHE=1 turns it off). Imported for its effect, in every thread and before what is large.
 */
import module from "node:module"

// Nodes that are too old for this program lack it, and have to get as far as being told so.
if (typeof module.enableCompileCache === "function") module.enableCompileCache()
