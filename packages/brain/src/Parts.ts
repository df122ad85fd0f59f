/**
 * The four plugins of a brain, found and with their options decoded; or every mistake in all of them.
 *
 * Planning and opening a session go through here alike, so that a session never runs with options that a plan did not see.
 */
import {
  type BrainBackend,
  type Decoder,
  type Diagnostic,
  type Encoder,
  type LearnerPlanRequest,
  type LoadedEntry,
  mistakeDiagnostic,
  type OptionsDecoder,
  type PluginRef,
  type RewardPolicy
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Section } from "./Section.ts"

/** One plugin with the options it decoded. */
export interface Part<Entry> {
  readonly ref: PluginRef
  readonly provides: Readonly<Record<string, unknown>>
  readonly entry: Entry
  /** As they stand in the run file: plain JSON, part of the run document. */
  readonly written: Readonly<Record<string, unknown>>
  readonly options: unknown
}

export interface Parts {
  readonly backend: Part<BrainBackend>
  readonly encoder: Part<Encoder>
  readonly decoder: Part<Decoder>
  readonly reward: Part<RewardPolicy>
}

export type FoundParts =
  | { readonly ok: true; readonly parts: Parts }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

type Found<Entry> = { readonly part: Part<Entry> | undefined; readonly diagnostics: ReadonlyArray<Diagnostic> }

const find = <Entry extends { readonly decodeOptions: OptionsDecoder<unknown> }>(
  kind: string,
  field: string,
  section: { readonly plugin: string; readonly options: Readonly<Record<string, unknown>> },
  lookup: LearnerPlanRequest["lookup"],
  narrow: (entry: LoadedEntry["entry"]) => Entry | undefined
): Effect.Effect<Found<Entry>> =>
  lookup(kind, section.plugin).pipe(
    Effect.map((loaded): Found<Entry> => {
      const entry = narrow(loaded.entry)
      if (entry === undefined) return { part: undefined, diagnostics: [] }
      const decoded = entry.decodeOptions(section.options)
      if (!decoded.ok) return { part: undefined, diagnostics: decoded.mistakes.map((each) => mistakeDiagnostic(`${field}.options`, each)) }
      const part = { ref: loaded.ref, provides: loaded.manifest.provides, entry, written: section.options, options: decoded.value }
      return { part, diagnostics: [] }
    }),
    Effect.catch((error) =>
      Effect.succeed<Found<Entry>>({
        part: undefined,
        diagnostics: error.diagnostics.map((each) => ({ ...each, field: `${field}.plugin` }))
      })
    )
  )

export const findParts = Effect.fnUntraced(function* (section: Section, lookup: LearnerPlanRequest["lookup"]) {
  const backend = yield* find("brain-backend", "learner.backend", section.backend, lookup, (entry) =>
    entry.kind === "brain-backend" ? (entry as BrainBackend) : undefined
  )
  const encoder = yield* find("encoder", "learner.binding.encoder", section.binding.encoder, lookup, (entry) =>
    entry.kind === "encoder" ? (entry as Encoder) : undefined
  )
  const decoder = yield* find("decoder", "learner.binding.decoder", section.binding.decoder, lookup, (entry) =>
    entry.kind === "decoder" ? (entry as Decoder) : undefined
  )
  const reward = yield* find("reward", "learner.reward", section.reward, lookup, (entry) =>
    entry.kind === "reward" ? (entry as RewardPolicy) : undefined
  )
  if (backend.part !== undefined && encoder.part !== undefined && decoder.part !== undefined && reward.part !== undefined)
    return { ok: true, parts: { backend: backend.part, encoder: encoder.part, decoder: decoder.part, reward: reward.part } } as FoundParts
  const diagnostics = [backend, encoder, decoder, reward].flatMap((each) => each.diagnostics)
  return { ok: false, diagnostics } as FoundParts
})
