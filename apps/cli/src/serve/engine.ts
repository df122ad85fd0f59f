/**
 * The live engine that the newest runs worked with, and whether something answers there. A project has no engine of its own: its address
 * stands in the run files of a live backend.
 */
import { connect } from "node:net"
import type { TrainerError } from "@feagi-trainer/contracts"
import { type BlobStore, documentOf, RunJournal } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

export interface EngineState {
  readonly address: string | null
  readonly state: "not-configured" | "up" | "down"
}

export const noEngine: EngineState = { address: null, state: "not-configured" }

/** Runs that are looked at, the newest first. */
const newest = 10

const answersWithin = 300

/** Whether a port takes a connection; nothing is sent. */
const answers = (host: string, port: number): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ host, port, timeout: answersWithin })
    const settle = (up: boolean): void => {
      socket.destroy()
      resume(Effect.succeed(up))
    }
    socket
      .on("connect", () => settle(true))
      .on("timeout", () => settle(false))
      .on("error", () => settle(false))
  })

interface Section {
  readonly backend?: { readonly options?: { readonly api?: unknown } }
}

/** @param addresses what is known of run documents, which never change; it is added to */
export const engineState = (addresses: Map<string, string | null>): Effect.Effect<EngineState, TrainerError, RunJournal | BlobStore> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    for (const row of (yield* journal.runs).slice(-newest).reverse()) {
      let address = addresses.get(row.document_sha256)
      if (address === undefined) {
        const { learner } = yield* documentOf(row)
        const api = (learner.resolved.section as Section | undefined)?.backend?.options?.api
        address = typeof api === "string" && URL.canParse(api) ? api : null
        addresses.set(row.document_sha256, address)
      }
      if (address === null) continue
      const { hostname, port, protocol } = new URL(address)
      const up = yield* answers(hostname.replace(/^\[|\]$/g, ""), port === "" ? (protocol === "https:" ? 443 : 80) : Number(port))
      return { address, state: up ? "up" : "down" }
    }
    return noEngine
  })
