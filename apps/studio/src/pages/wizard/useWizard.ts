/**
 * The wizard's state: one draft, what the server says of it, and the one way to change it. The draft is written to the browser's own
 * storage with every change, so that a reload, a closed tab or a lost server costs nothing.
 *
 * Sharp edge: `change` asks before it touches a text that somebody typed; nothing else may write `draft.text`.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks"
import { type ApiError, type Diagnostic, type Query, useQuery } from "../../api.ts"
import {
  type Draft,
  emptyDraft,
  outOfDate,
  readDraft,
  startedAgain,
  storedDraft,
  templateInput,
  textTyped,
  textWritten,
  withOption,
  withSet
} from "./draft.ts"
import { type Fields, readFields, withValueAt } from "./readFields.ts"
import type { Judgement, Knowledge, RunState, Step } from "./steps.ts"
import { stepsOf } from "./steps.ts"

export const storageKey = "feagi-trainer.draft"

/** A change that a control wants to make. */
export interface Change {
  /** What it does, for the question that may come before it. */
  readonly what: string
  /** The change of the command. */
  readonly draft: (draft: Draft) => Draft
  /** The same change in a text typed by hand; null where only writing it anew can do it. */
  readonly text: ((text: string) => string) | null
}

export interface PlannedRun {
  readonly spec_sha256: string
  readonly document: Readonly<Record<string, unknown>>
}
export interface Plan {
  readonly group_id: string
  readonly runs: ReadonlyArray<PlannedRun>
}

export interface TemplateRow {
  readonly template: string
  readonly entry_id: string
  readonly title: string
  readonly task: string
  readonly learner: string
  readonly package: string
  readonly version: string
  readonly modalities: ReadonlyArray<string>
  readonly output_types: ReadonlyArray<string>
  readonly options_schema?: { readonly properties?: Readonly<Record<string, OptionSchema>> } | null
  readonly applies: "yes" | "no" | "unknown" | null
  readonly available: boolean
  readonly reasons: ReadonlyArray<string>
}
export interface OptionSchema {
  readonly description?: string
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
}

export interface Session {
  readonly can_run?: { readonly ok: boolean; readonly reasons: ReadonlyArray<unknown> }
  readonly store?: unknown
  readonly project?: unknown
}

export interface Wizard {
  readonly draft: Draft
  readonly fields: Fields
  /** The dataset that the run file names, or the one that was chosen while there is none. */
  readonly dataset: string
  readonly template: TemplateRow | undefined
  readonly templates: Query<ReadonlyArray<TemplateRow>>
  readonly plan: Query<Plan>
  readonly judgement: Judgement
  /** Why the template wrote no text. */
  readonly refused: ApiError | undefined
  readonly writing: boolean
  readonly online: boolean
  readonly steps: ReadonlyArray<Step>
  readonly findings: ReadonlyArray<Diagnostic>
  /** Changes the draft, after a question where a typed text is at stake. */
  readonly change: (change: Change) => void
  /** Changes one field of the run file. */
  readonly setField: (path: string, literal: string) => void
  /** Takes a field's own value back to the template's. */
  readonly type: (text: string) => void
  readonly replace: (draft: Draft) => void
  readonly pending: Change | null
  readonly decide: (how: "text" | "again" | "cancel") => void
  readonly again: () => void
  readonly runState: (state: RunState | null) => void
  readonly stored: boolean
}

const loadDraft = (): { readonly draft: Draft; readonly stored: boolean } => {
  try {
    return { draft: readDraft(window.localStorage.getItem(storageKey)) ?? emptyDraft, stored: true }
  } catch {
    return { draft: emptyDraft, stored: false }
  }
}

const saveDraft = (draft: Draft): boolean => {
  try {
    window.localStorage.setItem(storageKey, storedDraft(draft))
    return true
  } catch {
    return false
  }
}

/** A value that follows another when that has been still for a while. */
export const useStill = <T>(value: T, milliseconds: number): T => {
  const [still, setStill] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return still
}

/** `name@version`: while one is being typed nobody is asked about it. */
const isReference = (text: string): boolean => /^[a-z0-9][a-z0-9._-]{0,62}@[1-9][0-9]{0,8}$/.test(text)

const isUnreachable = (error: ApiError | undefined): boolean => error !== undefined && error.reason === "unreachable"

export const useWizard = (): Wizard => {
  const [first] = useState(loadDraft)
  const [draft, setDraft] = useState(first.draft)
  const [stored, setStored] = useState(first.stored)
  const [pending, setPending] = useState<Change | null>(null)
  const [runs, setRuns] = useState<RunState | null>(null)
  const latest = useRef(draft)
  latest.current = draft
  const update = useCallback((next: (before: Draft) => Draft) => {
    setDraft((before) => {
      const after = next(before)
      if (after !== before) setStored(saveDraft(after))
      return after
    })
  }, [])

  // Another tab on the same draft: the last one that changed it is right in both.
  useEffect(() => {
    const take = (event: StorageEvent) => {
      const other = event.key === storageKey ? readDraft(event.newValue) : null
      if (other !== null && storedDraft(other) !== storedDraft(latest.current)) setDraft(other)
    }
    window.addEventListener("storage", take)
    return () => window.removeEventListener("storage", take)
  }, [])

  const fields = useMemo(() => readFields(draft.text), [draft.text])
  const named = fields.at("dataset")?.value
  const dataset = (draft.origin === "hand" || draft.origin === "run") && typeof named === "string" ? named : draft.dataset

  const session = useQuery<Session>("session", {})
  const templates = useQuery<ReadonlyArray<TemplateRow>>("template.ls", isReference(dataset) ? { dataset } : {}, { keep: true })
  const template = templates.data?.find((row) => row.template === draft.template && (draft.learner === "" || row.learner === draft.learner))

  const input = useMemo(() => (outOfDate(draft) ? templateInput(draft) : null), [draft])
  const still = useStill(input, 250)
  const asked = input === null ? null : still
  const writer = useQuery<{ readonly text: string }>("template.show", asked === null ? null : { ...asked })
  useEffect(() => {
    if (asked !== null && writer.data !== undefined) {
      const { text } = writer.data
      update((before) => textWritten(before, asked, text))
    }
  }, [writer.data, asked, update])

  const text = useStill(draft.text, 350)
  const plan = useQuery<Plan>("run.plan", text.trim() === "" ? null : { text, format: "toml" }, { keep: true })

  const refused = asked === null ? undefined : writer.error
  const online = !(
    isUnreachable(writer.error) ||
    isUnreachable(plan.error) ||
    isUnreachable(session.error) ||
    isUnreachable(templates.error)
  )
  // A server that is back is noticed without a click; what failed is asked again, the rest stays.
  const failed = [session, templates, writer, plan].filter(({ error }) => isUnreachable(error))
  const retry = useRef(() => {})
  retry.current = () => {
    for (const query of failed) query.again()
  }
  useEffect(() => {
    if (online) return
    const timer = setInterval(() => retry.current(), 2500)
    return () => clearInterval(timer)
  }, [online])
  const judgement = useMemo<Judgement>(() => {
    const nothing = { blocks: [], warnings: [] }
    if (draft.text.trim() === "") return { state: "none", ...nothing }
    if (plan.state === "failed")
      return isUnreachable(plan.error)
        ? { state: "unknown", ...nothing }
        : {
            state: "blocked",
            blocks: plan.error?.diagnostics.filter((each) => each.severity === "error") ?? [],
            warnings: plan.error?.diagnostics.filter((each) => each.severity !== "error") ?? []
          }
    if (plan.state !== "done" || text !== draft.text || input !== null) return { state: "waiting", ...nothing }
    return { state: "fits", blocks: [], warnings: plan.warnings }
  }, [draft.text, text, input, plan.state, plan.error, plan.warnings])

  const knowledge: Knowledge = {
    refused: isUnreachable(refused) ? [] : (refused?.diagnostics ?? []),
    judgement,
    cannotRun: session.data?.can_run?.ok === false ? session.data.can_run.reasons.map(reasonText) : [],
    runs,
    online
  }
  const change = useCallback(
    (wanted: Change) => {
      const { origin } = latest.current
      if (origin === "hand" || origin === "run") setPending(wanted)
      else update(wanted.draft)
    },
    [update]
  )
  const optionNames = Object.keys(template?.options_schema?.properties ?? {})
  const setField = (path: string, literal: string) => {
    const option = /^brain\.generate\.([A-Za-z0-9_-]+)$/.exec(path)?.[1]
    const isOption = option !== undefined && optionNames.includes(option)
    change({
      what: `${path} = ${literal}`,
      draft: (before) => (isOption ? withOption(before, option, literal) : withSet(before, path, literal)),
      text: (before) => withValueAt(before, path, literal)
    })
  }
  return {
    draft,
    fields,
    dataset,
    template,
    templates,
    plan,
    judgement,
    refused,
    writing: input !== null && refused === undefined,
    online,
    steps: stepsOf(draft, knowledge),
    findings: [...knowledge.refused, ...judgement.blocks, ...judgement.warnings].map(withoutStdin),
    change,
    setField,
    type: (next) => update((before) => textTyped(before, next)),
    replace: (next) => update(() => next),
    pending,
    decide: (how) => {
      const wanted = pending
      setPending(null)
      if (wanted === null || how === "cancel") return
      if (how === "again") update((before) => startedAgain(wanted.draft(before)))
      else if (wanted.text !== null) {
        const edit = wanted.text
        update((before) => textTyped(before, edit(before.text)))
      }
    },
    again: () => retry.current(),
    runState: setRuns,
    stored
  }
}

/** What the server read came from this page: `-` is no name that a reader knows. */
const withoutStdin = (finding: Diagnostic): Diagnostic => {
  if (finding.file !== "-") return finding
  const { file: _, ...rest } = finding
  return rest
}

const reasonText = (reason: unknown): string =>
  typeof reason === "string"
    ? reason
    : typeof reason === "object" && reason !== null && "message" in reason
      ? String(reason.message)
      : JSON.stringify(reason)

export type { Step }
