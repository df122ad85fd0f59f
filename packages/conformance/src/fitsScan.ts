/**
 * What a scan promises of every sample: its modality, its output type, its shape, its classes. An encoder is chosen by the promise
 * and reads the sample, so a sample outside of it is found here and not in a run.
 *
 * Sharp edge: an encoded picture is not decoded; its size is taken from its coordinate frame.
 */
import {
  type IndexedScan,
  type IRSample,
  imageSize,
  type Range,
  type RawSample,
  type SampleShape,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { breakLaw, expectSame } from "./Broken.ts"

const within = (what: string, value: number | undefined, [min, max]: Range): void => {
  if (value === undefined || !(value >= min && value <= max)) breakLaw(what, `from ${min} to ${max}, as the shape says`, String(value))
}

/** Breaks the law unless the payload is as the shape says. A custom shape promises nothing that could be seen here. */
const expectShape = (shape: SampleShape, { sample_id, payload, coordinate_frame }: IRSample): void => {
  const of = `of "${sample_id}"`
  const wrong = (expected: string): never => breakLaw(`the payload ${of}`, expected, Object.keys(payload).join(", "))
  switch (shape.kind) {
    case "tabular": {
      const row = "tabular" in payload ? payload.tabular : wrong("tabular")
      expectSame(`the number of features ${of}`, shape.features.length, row.length)
      for (const [at, { name, min, max }] of shape.features.entries()) within(`the feature "${name}" ${of}`, row[at], [min, max])
      break
    }
    case "image": {
      const size = imageSize(coordinate_frame) ?? breakLaw(`the coordinate frame ${of}`, "that of a picture: imageFrame()", "another one")
      for (const side of ["width", "height", "channels"] as const) within(`the ${side} ${of}`, size[side], shape[side])
      const pixels = size.width * size.height * size.channels
      if (shape.values === "uint8")
        expectSame(`the number of bytes ${of}`, pixels, ("bytes" in payload ? payload.bytes : wrong("bytes")).length)
      else if (shape.values === "float")
        expectSame(`the number of values ${of}`, pixels, ("tabular" in payload ? payload.tabular : wrong("tabular")).length)
      else if (!("bytes" in payload || "ref" in payload)) wrong("bytes or ref")
      break
    }
    case "text": {
      const text = "text" in payload ? payload.text : wrong("text")
      if (!text.isWellFormed()) breakLaw(`the text ${of}`, "well-formed Unicode", "a lone surrogate")
      within(`the number of characters ${of}`, [...text].length, shape.length)
      break
    }
    case "time_series": {
      const { channel_ids, sample_rate_hz, samples } = "time_series" in payload ? payload.time_series : wrong("time_series")
      const { channels, length } = shape
      expectSame(
        `channels and sample rate ${of}`,
        { channels: channels.map(({ name }) => name), rate: shape.sample_rate_hz },
        { channels: channel_ids, rate: sample_rate_hz }
      )
      within(`the points in time ${of}`, samples.length / channels.length, length)
      for (const [at, { name, min, max }] of channels.entries())
        for (let place = at; place < samples.length; place += channels.length)
          within(`the channel "${name}" ${of}`, samples[place], [min, max])
    }
  }
}

const classesOf = (target: TypedTarget): ReadonlyArray<number> => {
  if ("class" in target) return [target.class.class_id]
  if ("class_set" in target) return target.class_set
  return "bbox_set" in target ? target.bbox_set.map(({ class_id }) => class_id) : []
}

/** Breaks the law unless the sample is what the scan promises of it. */
export const expectFits = (scan: IndexedScan, { position }: RawSample, sample: IRSample): void => {
  const { modality, output_type, target, sample_id } = sample
  expectSame(
    `modality and output type of "${sample_id}"`,
    { modality: scan.modality, output_type: scan.output_type },
    { modality, output_type }
  )
  expectShape(scan.shape, sample)
  if (target === null) return
  const declared = scan.classes.map(({ class_id }) => class_id)
  const stray = classesOf(target).find((id) => !declared.includes(id))
  if (stray !== undefined) breakLaw(`the target of "${sample_id}"`, `one of the classes ${declared.join(", ")}`, String(stray))
  const indexed = scan.index[position]?.class_id
  if ("class" in target && indexed !== undefined)
    expectSame(`the class of "${sample_id}", in the index and in its target`, indexed, target.class.class_id)
}
