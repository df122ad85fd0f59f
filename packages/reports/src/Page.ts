/** A report before it is written: what stands above the sections, the sections, and who wrote it. HTML and Markdown are made of the same page. */
import type { Section, Text } from "./Content.ts"

export interface Page {
  readonly title: string
  /** One sentence: what the page is about. */
  readonly lede: string
  /** What it was made of, in one line. */
  readonly origin: Text
  readonly sections: ReadonlyArray<Section>
  readonly trainer_version: string
}
