/** A run group as a page. */
import type { GroupReport } from "./GroupReport.ts"
import type { Page } from "./Page.ts"
import { sectionsOf } from "./sections.ts"

/** @throws ReportError with every problem of the report. */
export const groupPage = (report: GroupReport): Page => ({
  title: report.title,
  lede: report.question,
  origin: [
    "group ",
    { as: "code", text: report.group_id },
    " · dataset ",
    { as: "code", text: report.dataset.id },
    ` · protocol ${report.protocol.id} ${report.protocol.version} · trainer ${report.trainer_version}`
  ],
  sections: sectionsOf(report),
  trainer_version: report.trainer_version
})
