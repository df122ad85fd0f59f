/** Figures as plain data, drawn as SVG and told as Markdown: the same bytes in Node and in a browser. */

export { type AnimationOptions, framesOf, toAnimation } from "./Animation.ts"
export type { Theme } from "./Brush.ts"
export { problemsOf } from "./Check.ts"
export { csvText, toCsv } from "./Csv.ts"
export type * from "./Figure.ts"
export { figureKinds } from "./Figure.ts"
export { FigureError, type FigureProblem } from "./FigureError.ts"
export { type MarkdownOptions, toMarkdown } from "./Markdown.ts"
export { type SvgOptions, toSvg } from "./Svg.ts"
export { type Table, toTable } from "./Table.ts"
export { toVegaLite, type VegaLite } from "./VegaLite.ts"
