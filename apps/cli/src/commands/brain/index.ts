/** `brain`: genomes, and what brains of them learnt, as named, versioned inputs. */
import { Command } from "effect/cli"
import { add } from "./add.ts"
import { diff } from "./diff.ts"
import { exportBrain } from "./export.ts"
import { ls } from "./ls.ts"
import { create } from "./new.ts"
import { show } from "./show.ts"
import { snapshot } from "./snapshot.ts"

export const brain = Command.make("brain").pipe(
  Command.withDescription("Genomes, and what brains of them learnt, as named, versioned inputs of runs"),
  Command.withSubcommands([create, add, ls, show, diff, snapshot, exportBrain])
)
