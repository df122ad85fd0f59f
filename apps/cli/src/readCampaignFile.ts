/** A campaign file with the run files that it lists, every one read and planned; what is wrong with any of them is said together. */
import { dirname, join, resolve } from "node:path"
import { checkSchemaVersion, decodeDocument, reasonOf } from "@feagi-trainer/config"
import { type Diagnostic, TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { CampaignFile, type PlannedCampaign, type PlannedMember, planCampaign } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { located } from "./locate.ts"
import { planAll } from "./planAll.ts"
import { readDocumentFile } from "./readProject.ts"
import { readRunFile } from "./readRunFile.ts"

const planFile = (path: string, workers: number, set: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const read = yield* readRunFile(path, set)
    return { group_id: read.group_id, runs: yield* planAll(read, workers) }
  })

export interface ReadCampaign {
  readonly planned: PlannedCampaign
  readonly warnings: ReadonlyArray<Diagnostic>
}

/**
 * Nothing is written. Paths of run files are relative to the campaign file.
 *
 * @param set `key=value` overrides of every run file, strongest last
 */
export const readCampaignFile = (path: string, workers: number, set: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const document = yield* readDocumentFile(resolve(path), path)
    const version = checkSchemaVersion(document, 1)
    if (!version.ok) return yield* trainerErrors(version.reason, version.diagnostics)
    const decoded = decodeDocument(CampaignFile, document)
    if (!decoded.ok) return yield* trainerErrors(reasonOf(decoded.diagnostics), decoded.diagnostics)
    const { name, runs } = decoded.value
    const members: Array<PlannedMember> = []
    const failures: Array<TrainerError> = []
    for (const { label, file } of runs) {
      const result = yield* planFile(join(dirname(path), file), workers, set).pipe(Effect.result)
      if (result._tag === "Success") members.push({ label, ...result.success })
      else if (result.failure instanceof TrainerError) failures.push(result.failure)
      else return yield* Effect.fail(result.failure)
    }
    const [first] = failures
    if (first !== undefined)
      return yield* trainerErrors(
        failures.every(({ reason }) => reason === first.reason) ? first.reason : "invalid",
        failures.flatMap(({ diagnostics }) => diagnostics)
      )
    const planned = yield* planCampaign(name, members).pipe(located(document))
    return { planned, warnings: members.flatMap((member) => member.runs.flatMap(({ warnings }) => warnings)) } satisfies ReadCampaign
  })
