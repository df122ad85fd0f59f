/**
 * How far a campaign is, over all its runs: samples that are done by samples in all, and the time that is left at the speed of this session.
 *
 * Sharp edge: runs differ in speed, and samples of a run that was paused were not visited now; the time left is what the samples since the
 * first one of this session took, scaled.
 */
import { phaseTotal, type RunDocument, type RunProgress } from "@feagi-trainer/core"
import { duration, type Overall } from "./ProgressLine.ts"

export interface ExpectedRun {
  readonly run_id: string
  /** Of the run file that it stands in. */
  readonly label: string
  readonly document: RunDocument
  /** Samples that are committed already. */
  readonly done: number
}

/** A run with how far it is. */
interface Followed extends Omit<ExpectedRun, "done"> {
  readonly total: number
  done: number
}

export class CampaignProgress implements Overall {
  readonly #runs = new Map<string, Followed>()
  #first: { readonly at: number; readonly done: number } | undefined

  /** All runs of the campaign, finished ones included. */
  expect(runs: ReadonlyArray<ExpectedRun>): void {
    for (const run of runs)
      this.#runs.set(run.run_id, {
        ...run,
        total: run.document.protocol.phases.reduce((sum, phase) => sum + phaseTotal(run.document, phase), 0)
      })
  }

  see({ run_id, phase, done }: RunProgress, now: number): void {
    const run = this.#runs.get(run_id)
    if (run === undefined) return
    const { document } = run
    const { phases } = document.protocol
    const before = phases.slice(
      0,
      phases.findIndex(({ name }) => name === phase)
    )
    run.done = before.reduce((sum, each) => sum + phaseTotal(document, each), 0) + done
    this.#first ??= { at: now, done: this.#sum((each) => each.done) }
  }

  label(run_id: string): string | undefined {
    return this.#runs.get(run_id)?.label
  }

  text(now: number): string | undefined {
    const total = this.#sum((each) => each.total)
    if (total === 0) return undefined
    const done = this.#sum((each) => each.done)
    const runs = this.#sum((each) => (each.done === each.total ? 1 : 0))
    const inSession = this.#first === undefined ? 0 : done - this.#first.done
    const seconds = this.#first === undefined ? 0 : (now - this.#first.at) / 1000
    const left = inSession <= 0 || done === total ? "" : `  ETA ${duration(((total - done) * seconds) / inSession)}`
    return `campaign  ${Math.floor((100 * done) / total)} %  ${runs} of ${this.#runs.size} runs${left}`
  }

  #sum(of: (run: Followed) => number): number {
    return [...this.#runs.values()].reduce((sum, run) => sum + of(run), 0)
  }
}
