/** What is made of a recording, by its path in the repository: the picture that moves, the recording itself, and its text on a page. */
import { type Cast, castText } from "./cast.ts"
import { screensOf, transcript } from "./screens.ts"
import { svgOf } from "./svg.ts"

const description =
  "A terminal. A table of flowers is registered, a run file written, a brain trained, validated and tested; the same with shuffled labels; " +
  "a comparison of the two is refused until their difference is declared; a replay of the first run ends with EQUAL."

const pageOf = (text: string): string => `# A session in a minute

The text of [the moving picture](../images/tour.svg) on the front page: what was typed, and what the program printed. Samples per second and the time left are cut
out of the lines of progress, nothing else is. [The recording](../images/tour.cast) plays in a terminal too: \`asciinema play docs/images/tour.cast\`.

\`\`\`console
${text}\`\`\`

\`npm run docs:tour\` records it anew, and a test does so to compare. What each command is for stands in [the first experiment](first-experiment.md).
`

export const castFile = "docs/images/tour.cast"

/** All of it at once: the last screen. An image does not learn everywhere that its reader wishes no motion; a page does. */
const atOnce = ({ header, events }: Cast): Cast => ({ header, events: [[0, "o", events.map(([, , text]) => text).join("")]] })

export const tourFiles = async (cast: Cast): Promise<Readonly<Record<string, string>>> => ({
  [castFile]: castText(cast),
  "docs/images/tour.svg": await svgOf(cast, description),
  "docs/images/tour-still.svg": await svgOf(atOnce(cast), description),
  "docs/tutorial/tour.md": pageOf(transcript(await screensOf(cast)))
})
