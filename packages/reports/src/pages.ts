/** The reports there are, each as HTML and as Markdown. Equal data give equal bytes, whatever the order of their keys. */
import type { GroupReport } from "./GroupReport.ts"
import { groupPage } from "./groupPage.ts"
import { pageHtml } from "./Html.ts"
import { pageMarkdown } from "./Markdown.ts"
import type { ScoreReport } from "./ScoreReport.ts"
import { scorePage } from "./scorePage.ts"

/** @throws ReportError with every problem of the report. */
export const reportHtml = (report: GroupReport): string => pageHtml(groupPage(report))

/** @throws ReportError with every problem of the report. */
export const reportMarkdown = (report: GroupReport): string => pageMarkdown(groupPage(report))

/** @throws ReportError with every problem of the report. */
export const scoreHtml = (report: ScoreReport): string => pageHtml(scorePage(report))

/** @throws ReportError with every problem of the report. */
export const scoreMarkdown = (report: ScoreReport): string => pageMarkdown(scorePage(report))
