/** What a process says when it ends. docs/reference/exit-codes.md holds the same table. */
import type { Reason } from "@feagi-trainer/contracts"

export const exitCodes: Readonly<Record<Reason, number>> = {
  failed: 1,
  usage: 2,
  invalid: 3,
  incomparable: 4,
  gate: 5,
  integrity: 6,
  missing: 7,
  locked: 8
}

/** Stopped by SIGINT or SIGTERM after a checkpoint. */
export const stoppedBy = { SIGINT: 130, SIGTERM: 143 } as const
