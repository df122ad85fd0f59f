/** Opens an approved folder for reading. What a plugin may read is decided here and nowhere else. */
import type { RootFiles, TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export class Roots extends Context.Service<
  Roots,
  {
    /** `folder` is absolute. Fails with reason `invalid` when it is not an existing folder. */
    readonly open: (folder: string) => Effect.Effect<RootFiles, TrainerError>
  }
>()("@feagi-trainer/core/Roots") {}
