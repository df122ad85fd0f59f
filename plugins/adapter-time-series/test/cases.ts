/** One sound, small source in every layout, with its options: what laws, faults and sessions start from. */
import type { MemoryFiles } from "@feagi-trainer/conformance"
import { filesOf, records } from "./wfdbWriter.ts"

export interface Case {
  readonly options: Readonly<Record<string, unknown>>
  readonly files: MemoryFiles
}

const header = "# two gestures\n@problemName Toy\n@timeStamps false\n@missing false\n@univariate false\n@dimensions 2\n@equalLength false\n"

export const ts: Case = {
  options: { layout: "ts", parts: "scan", target: "class", classes: "scan", missing: "refuse", sample_rate_hz: 50 },
  files: {
    "Toy_TRAIN.ts": `${header}@classLabel true up down\n@data\n1,2,3:4,5,6:up\n-1.5,0,2e1:0,0,0.25:down\n1,2,3:4,5,6:up\n`,
    "Toy_TEST.ts": `${header}@classLabel true up down\n@data\n7,8:9,10:down\n`
  }
}

export const row: Case = {
  options: {
    layout: "csv-series",
    form: "row",
    parts: "scan",
    delimiter: "\t",
    header: false,
    label_column: 1,
    target: "class",
    classes: "scan",
    missing: "refuse",
    sample_rate_hz: 1
  },
  files: { "Gun_TRAIN.tsv": "1\t0.5\t1\t2\n2\t-3\t4\t5\n", "Gun_TEST.tsv": "1\t6\t7\t8\t9\n" }
}

export const long: Case = {
  options: {
    layout: "csv-series",
    form: "long",
    parts: "scan",
    delimiter: ",",
    series_column: "series",
    value_columns: ["x", "y"],
    label_column: "label",
    group_column: "who",
    time: { column: "t", unit: "ms" },
    target: "class",
    classes: "scan",
    missing: "refuse",
    sample_rate_hz: 360
  },
  files: {
    "walks.csv":
      'series,t,x,y,label,who\nb,100,1,2,run,ann\nb,103,3,4,run,ann\nb,106,5,6,run,ann\na,0,7,8,"walk, slow",bob\na,3,9,10,"walk, slow",bob\nc,5,0,1,run,ann\n'
  }
}

export const wfdb: Case = {
  options: {
    layout: "wfdb",
    parts: "scan",
    annotator: "atr",
    channels: ["MLII"],
    window: { pre_samples: 5, post_samples: 8 },
    labels: { N: "normal", V: "ectopic", "/": "paced" },
    classes: "scan",
    unknown_label: "exclude",
    incomplete_window: "exclude",
    missing: "refuse"
  },
  files: Object.assign({}, ...records.map(filesOf))
}

export const cases = { ts, row, long, wfdb } as const
