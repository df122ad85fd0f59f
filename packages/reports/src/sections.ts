/** The sections of a report in their order. */
import { assertReport } from "./Check.ts"
import type { Section } from "./Content.ts"
import { costSection } from "./Cost.ts"
import { classSection, confusionSection, controlSection, figureSection, gateSection, learningSection, seedSection } from "./Evidence.ts"
import type { GroupReport } from "./GroupReport.ts"
import { originSection, repeatSection, treatmentSection } from "./Origin.ts"
import { verdictSection } from "./Verdict.ts"

/** Throws a `ReportError` when the report cannot be written. */
export const sectionsOf = (report: GroupReport): ReadonlyArray<Section> => {
  assertReport(report)
  return [
    verdictSection,
    seedSection,
    controlSection,
    learningSection,
    ...(report.dataset.classes.length === 0 ? [] : [confusionSection, classSection]),
    figureSection,
    gateSection,
    costSection,
    originSection,
    treatmentSection,
    repeatSection
  ].map((section) => section(report))
}
