import { text } from "@feagi-trainer/adapter-text"
import { Effect, Stream } from "effect"

const source = { path: "sentences" }
const labels = { "quote.tok.gt9.5000": "subjective", "plot.tok.gt9.5000": "objective" }
const decoded = text.decodeOptions({ layout: "lines", encoding: "windows-1252", labels, classes: "scan" })
if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
const options = decoded.value

/** Needs ApprovedRoots (the files), IndexSink (takes the samples) and Progress of the host. */
export const scanned = text.validate(source, options) // => {error_count: 0, scan: {shape: {kind: "text", length: [28, 55]}, …}, …}

/** The first sample, under the scan with its index. */
export const firstOf = (scan: Parameters<typeof text.open>[2]) =>
  Effect.gen(function* () {
    const session = yield* text.open(source, options, scan, "sentences@1")
    const raw = yield* Stream.runCollect(session.stream([0], 0))
    return [...raw].map((each) => session.mapToIr(each, "train")) // => [{payload: {text: "a boy finds …"}, target: {class: …}, …}]
  })
