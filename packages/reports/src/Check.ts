/**
 * Finds what would make a report say something false: values that are no finite numbers, statistics that do not belong to the runs beside
 * them, names that occur twice. Sharp edge: it trusts the types of the fields; data read from a file has to be decoded before.
 */
import { type GroupReport, isMissing, type ReportCondition } from "./GroupReport.ts"
import { ReportError, type ReportProblem } from "./ReportError.ts"

const describe = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "number") return String(value)
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** Numbers that JSON cannot hold and values that are no data, anywhere. */
const walk = (value: unknown, path: string, problems: Array<ReportProblem>, within: ReadonlyArray<object> = []): void => {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) problems.push({ path, expected: "a finite number", actual: describe(value) })
    return
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return
  if (typeof value !== "object") {
    problems.push({ path, expected: "plain data", actual: describe(value) })
    return
  }
  if (within.includes(value)) {
    problems.push({ path, expected: "data without cycles", actual: "a value that contains itself" })
    return
  }
  const outer = [...within, value]
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`, problems, outer)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) problems.push({ path, expected: "plain data", actual: "a class instance" })
  else
    for (const [key, member] of Object.entries(value))
      if (member !== undefined) walk(member, path === "" ? key : `${path}.${key}`, problems, outer)
}

const repeated = (path: string, names: ReadonlyArray<string>, problems: Array<ReportProblem>): void => {
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index) problems.push({ path: `${path}[${index}]`, expected: "a name of its own", actual: describe(name) })
}

const checkStats = (report: GroupReport, condition: ReportCondition, path: string, problems: Array<ReportProblem>): void => {
  const { name } = report.primary_metric
  if (!Object.hasOwn(condition.stats, name))
    problems.push({ path: `${path}.stats`, expected: `a statistic of the primary metric ${name}`, actual: "nothing" })
  for (const [metric, stat] of Object.entries(condition.stats)) {
    if (isMissing(stat)) continue
    const values = condition.runs.filter((run) => {
      const phase = run.phases.find((each) => each.phase === report.protocol.reported_phase)
      return phase !== undefined && Object.hasOwn(phase.metrics, metric) && typeof phase.metrics[metric] === "number"
    }).length
    if (stat.n !== values)
      problems.push({
        path: `${path}.stats[${JSON.stringify(metric)}].n`,
        expected: `${values}, the runs with a value in phase ${report.protocol.reported_phase}`,
        actual: describe(stat.n)
      })
    if (!(stat.ci_low <= stat.mean && stat.mean <= stat.ci_high))
      problems.push({
        path: `${path}.stats[${JSON.stringify(metric)}]`,
        expected: "ci_low at most mean at most ci_high",
        actual: describe([stat.ci_low, stat.mean, stat.ci_high])
      })
  }
}

const checkCurves = (condition: ReportCondition, path: string, problems: Array<ReportProblem>): void => {
  const curves = [
    [`${path}.learning_curve`, condition.learning_curve] as const,
    ...condition.runs.flatMap((run, index) => [
      [`${path}.runs[${index}].learning_curve`, run.learning_curve] as const,
      [`${path}.runs[${index}].reward_curve`, run.reward_curve ?? []] as const,
      [`${path}.runs[${index}].validations`, run.validations ?? []] as const
    ])
  ]
  for (const [place, curve] of curves)
    for (const [index, { epoch }] of curve.entries()) {
      const before = curve[index - 1]?.epoch
      if (before !== undefined && epoch <= before)
        problems.push({ path: `${place}[${index}].epoch`, expected: `more than the epoch before, ${before}`, actual: describe(epoch) })
    }
}

const checkTraining = ({ runs }: ReportCondition, path: string, problems: Array<ReportProblem>): void => {
  const first = runs.find(({ training }) => training !== undefined)?.training
  for (const [index, { training }] of runs.entries()) {
    if (training === undefined || first === undefined) continue
    const place = `${path}.runs[${index}].training`
    if (training.window !== first.window)
      problems.push({ path: `${place}.window`, expected: `${first.window}, as in the first seed`, actual: describe(training.window) })
    for (const [at, { step }] of training.windows.entries()) {
      const before = training.windows[at - 1]?.step
      if (before !== undefined && step <= before)
        problems.push({ path: `${place}.windows[${at}].step`, expected: `more than the step before, ${before}`, actual: describe(step) })
    }
  }
}

const checkConfusion = (condition: ReportCondition, path: string, problems: Array<ReportProblem>): void => {
  const first = condition.runs.find((run) => run.confusion !== undefined)?.confusion
  if (first === undefined) return
  const sides = JSON.stringify([first.rows.categories, first.columns.categories])
  for (const [index, { confusion }] of condition.runs.entries()) {
    if (confusion === undefined) continue
    const place = `${path}.runs[${index}].confusion`
    if (JSON.stringify([confusion.rows.categories, confusion.columns.categories]) !== sides)
      problems.push({ path: place, expected: "the categories of the first seed", actual: "others" })
    if (
      confusion.values.length !== confusion.rows.categories.length ||
      confusion.values.some((row) => row.length !== confusion.columns.categories.length)
    )
      problems.push({ path: `${place}.values`, expected: "one row per row category and one value per column", actual: "another shape" })
  }
}

/** What is no plain data with finite numbers, anywhere in it. */
export const problemsOfData = (data: object): ReadonlyArray<ReportProblem> => {
  const problems: Array<ReportProblem> = []
  walk(data, "", problems)
  return problems
}

/** Every problem of a report; empty when it can be written. */
export const problemsOfReport = (report: GroupReport): ReadonlyArray<ReportProblem> => {
  const problems: Array<ReportProblem> = []
  walk(report, "", problems)
  for (const key of ["title", "group_id", "question"] as const)
    if (report[key].trim() === "") problems.push({ path: key, expected: "text", actual: describe(report[key]) })
  const recipes = report.conditions.filter(({ role }) => role === "recipe").length
  if (recipes !== 1) problems.push({ path: "conditions", expected: "exactly one of role recipe", actual: String(recipes) })
  repeated(
    "conditions",
    report.conditions.map(({ id }) => id),
    problems
  )
  repeated("dataset.classes", report.dataset.classes, problems)
  const { phases, reported_phase } = report.protocol
  repeated(
    "protocol.phases",
    phases.map(({ name }) => name),
    problems
  )
  if (!phases.some(({ name, scored }) => name === reported_phase && scored))
    problems.push({ path: "protocol.reported_phase", expected: "the name of a scored phase", actual: describe(reported_phase) })
  for (const [index, condition] of report.conditions.entries()) {
    const path = `conditions[${index}]`
    repeated(
      `${path}.runs`,
      condition.runs.map(({ seed }) => seed),
      problems
    )
    checkStats(report, condition, path, problems)
    checkCurves(condition, path, problems)
    checkTraining(condition, path, problems)
    checkConfusion(condition, path, problems)
  }
  return problems
}

/** Throws a `ReportError` with every problem, or returns. */
export const assertReport = (report: GroupReport): void => {
  const problems = problemsOfReport(report)
  if (problems.length > 0) throw new ReportError(problems)
}
