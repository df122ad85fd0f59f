/**
 * Where the weights of a run came from: every checkpoint that was committed, with the one that it came from, and what was learnt at the end
 * of every phase.
 *
 * Sharp edge: a checkpoint is named by its bytes. A step that changed none of them, as those of a test of a frozen model do, repeats the
 * checkpoint of the step before together with its parent, so that no checkpoint is its own parent.
 */
import type { EventPayloads, StoredEvent } from "@feagi-trainer/core"

export interface LoggedCheckpoint {
  /** Durable steps of the run until here, from 1. */
  readonly step: number
  readonly phase: string
  /** From 1. */
  readonly epoch: number
  /** Samples of the epoch that were visited. */
  readonly samples: number
  /** Optimiser steps that were done; null where the learner told of none. */
  readonly optimiser_step: number | null
  readonly checkpoint_sha256: string
  readonly full_hash: string
  /** The checkpoint that this one came from; null for the first, which came from what the run began with. */
  readonly parent: string | null
  /** Hash of what was learnt, at the last step of a completed phase; null before. */
  readonly learned_hash: string | null
}

/** @param events of one run, in order */
export const checkpointsOf = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): ReadonlyArray<LoggedCheckpoint> => {
  const rows: Array<LoggedCheckpoint> = []
  let optimiser_step: number | null = null
  for (const { type, payload } of events) {
    const before = rows.at(-1)
    if (type === "step") {
      const { phase, cursor, checkpoint_sha256, full_hash, measures = [] } = payload as unknown as EventPayloads["step"]
      optimiser_step = measures.at(-1)?.step ?? optimiser_step
      const same = before?.checkpoint_sha256 === checkpoint_sha256
      rows.push({
        step: rows.length + 1,
        phase,
        epoch: cursor.epoch + 1,
        samples: cursor.next,
        optimiser_step,
        checkpoint_sha256,
        full_hash,
        parent: before === undefined ? null : same ? before.parent : before.checkpoint_sha256,
        learned_hash: null
      })
    }
    if (type === "phase-completed" && before !== undefined) {
      const { phase, learned_hash } = payload as unknown as EventPayloads["phase-completed"]
      if (before.phase === phase) rows[rows.length - 1] = { ...before, learned_hash }
    }
  }
  return rows
}
