/** The split of a run: named parts as hashed lists of ids, made at plan from content and seed. */
import type { ClassLabel, Diagnostic, IndexEntry } from "@feagi-trainer/contracts"
import { canonicalBytes, makeSplit, sha256Hex } from "@feagi-trainer/determinism"
import type { PinnedPart } from "./RunDocument.ts"
import type { RunFile } from "./RunFile.ts"

export interface MadePart extends PinnedPart {
  readonly ids: ReadonlyArray<string>
}

export type MadeParts =
  | { readonly ok: true; readonly parts: ReadonlyArray<MadePart> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

export interface SplitSource {
  readonly classes: ReadonlyArray<ClassLabel>
  readonly index: ReadonlyArray<IndexEntry>
}

/** @param allowEqual equal content may be declared in two parts, because somebody waived it in writing */
export const makeParts = (section: RunFile["split"], scan: SplitSource, seed: bigint, allowEqual = false): MadeParts => {
  const label = new Map(scan.classes.map((each) => [each.class_id, each.label]))
  const split = makeSplit({
    samples: scan.index.map((each) => ({
      id: each.sample_id,
      contentHash: each.content_hash,
      decodedHash: each.decoded_hash,
      label: each.class_id === undefined ? undefined : label.get(each.class_id),
      group: each.group,
      given: each.given_split
    })),
    method: section.method,
    seed,
    fractions: section.fractions,
    allowEqual,
    ...(scan.classes.length === 0 ? {} : { labels: scan.classes.map((each) => each.label) })
  })
  if (!split.ok)
    return {
      ok: false,
      diagnostics: split.problems.map((each) => ({
        code: "FT2003",
        severity: "error",
        field: "split",
        message: each.ids.length === 0 ? each.message : `${each.message} (${each.ids.slice(0, 5).join(", ")})`
      }))
    }
  return {
    ok: true,
    parts: split.parts.map((each) => ({
      name: each.name,
      split_id: each.splitId,
      split_hash: each.splitHash,
      count: each.ids.length,
      ids_sha256: sha256Hex(canonicalBytes(each.ids)),
      ids: each.ids
    }))
  }
}
