/** A run group, or the scores of files, as one HTML file, one Markdown file and one table for the terminal, from plain data alone. */
export { problemsOfReport } from "./Check.ts"
export type {
  EpochReward,
  EpochValidation,
  EpochValue,
  FactSection,
  GroupReport,
  MeasureWindow,
  PrimaryMetric,
  ReportCondition,
  ReportCost,
  ReportDataset,
  ReportGate,
  ReportPhase,
  ReportPrecondition,
  ReportProtocol,
  ReportReplay,
  ReportRun,
  ReportTraining,
  SeedStatistic
} from "./GroupReport.ts"
export { reportHtml, reportMarkdown, scoreHtml, scoreMarkdown } from "./pages.ts"
export { ReportError, type ReportProblem } from "./ReportError.ts"
export type { ReportedFile, ReportedMetric, ScoreReport } from "./ScoreReport.ts"
export { summaryText } from "./Summary.ts"
