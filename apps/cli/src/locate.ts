/**
 * Puts a place in the run file on findings that only name a field. A field that is missing stands where its nearest table begins.
 */
import type { Located } from "@feagi-trainer/config"
import { type Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

const placeOf = (document: Located, field: string) => {
  // A part of a path that is a number is a place in a list; nothing that a person names in a run file is a number alone.
  const path = field.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length)
    const place = document.keyPositionOf(part) ?? document.positionOf(part)
    if (place !== undefined) return place
  }
  return document.positionOf([])
}

export const locate = (document: Located, diagnostic: Diagnostic): Diagnostic => {
  if (diagnostic.file !== undefined || diagnostic.field === undefined) return diagnostic
  const place = placeOf(document, diagnostic.field)
  if (place === undefined) return diagnostic
  return { ...diagnostic, ...place }
}

/** Gives every finding of a failure its place, in the order of the file. */
export const located =
  (document: Located) =>
  <A, E, R>(effect: Effect.Effect<A, E | TrainerError, R>): Effect.Effect<A, E | TrainerError, R> =>
    Effect.mapError(effect, (error) => {
      if (!(error instanceof TrainerError)) return error
      const [first, ...rest] = error.diagnostics
        .map((each) => locate(document, each))
        .sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0))
      return first === undefined ? error : new TrainerError({ reason: error.reason, diagnostics: [first, ...rest] })
    })
