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
  type EntryLookup,
  type EntryManifest,
  type EntryOf,
  mistakeDiagnostic,
  type PluginRef,
  type RewardPolicy
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Section } from "./Section.ts"

/** One plugin with the options it decoded. */
export interface Part<Entry> {
  readonly ref: PluginRef
  readonly entry: Entry
  readonly manifest: EntryManifest
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

export type Found<Kind extends PartKind> =
  | { readonly part: Part<EntryOf[Kind]>; readonly diagnostics: readonly [] }
  | { readonly part: undefined; readonly diagnostics: ReadonlyArray<Diagnostic> }

export type PartKind = "brain-backend" | "encoder" | "decoder" | "reward"

/** One plugin, with the mistakes in its options under `<field>.options`. */
export const findPart = <Kind extends PartKind>(
  kind: Kind,
  field: string,
  section: { readonly plugin: string; readonly options: Readonly<Record<string, unknown>> },
  lookup: EntryLookup
): Effect.Effect<Found<Kind>> =>
  lookup(kind, section.plugin).pipe(
    Effect.map(({ ref, entry, manifest }): Found<Kind> => {
      const decoded = entry.decodeOptions(section.options)
      return decoded.ok
        ? { part: { ref, entry, manifest, written: section.options, options: decoded.value }, diagnostics: [] }
        : { part: undefined, diagnostics: decoded.mistakes.map((each) => mistakeDiagnostic(`${field}.options`, each)) }
    }),
    Effect.catch((error) =>
      Effect.succeed<Found<Kind>>({
        part: undefined,
        diagnostics: error.diagnostics.map((each) => ({ ...each, field: `${field}.plugin` }))
      })
    )
  )

export const findParts = Effect.fnUntraced(function* (section: Section, lookup: EntryLookup) {
  const backend = yield* findPart("brain-backend", "learner.backend", section.backend, lookup)
  const encoder = yield* findPart("encoder", "learner.binding.encoder", section.binding.encoder, lookup)
  const decoder = yield* findPart("decoder", "learner.binding.decoder", section.binding.decoder, lookup)
  const reward = yield* findPart("reward", "learner.reward", section.reward, lookup)
  if (backend.part !== undefined && encoder.part !== undefined && decoder.part !== undefined && reward.part !== undefined)
    return { ok: true, parts: { backend: backend.part, encoder: encoder.part, decoder: decoder.part, reward: reward.part } } as FoundParts
  const diagnostics = [backend, encoder, decoder, reward].flatMap((each) => each.diagnostics)
  return { ok: false, diagnostics } as FoundParts
})
