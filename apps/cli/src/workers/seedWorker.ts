/** The door of a worker thread: what has to be settled before anything large is loaded, then the program. */
import "../compileCache.ts"
import "../quiet.ts"

await import("./seedProgram.ts")
