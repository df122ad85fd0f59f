/**
 * The measures of a run as texts: one CSV for spreadsheets and data frames, one table for a terminal.
 *
 * Sharp edge: the CSV says exactly what the JSON says. A row is a step, the means of an epoch or a validation, as its `record` says; a column
 * is named like the member in the JSON; a member that is not there is an empty cell, and a number is written with all digits that it has.
 */
import { type MeasuredPart, namesOf, type RunMeasures } from "./measures.ts"
import { textTable } from "./textTable.ts"

type Cell = string | number | boolean

const members = ["phase", "epoch", "step", "steps", "part", "samples", "stops"] as const

/** Quoted where a comma, a quote or the end of a line would be taken for one of the file, as RFC 4180 says. */
const cellText = (cell: Cell | undefined): string => {
  if (cell === undefined) return ""
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Lines end with a line feed. */
export const measuresCsv = ({ steps, epochs, validations }: RunMeasures): string => {
  const names = namesOf([...steps, ...epochs, ...validations])
  type Row = { readonly values: Readonly<Record<string, number>> } & Readonly<Partial<Record<(typeof members)[number], Cell>>>
  const rows = (record: string, all: ReadonlyArray<Row>) =>
    all.map((row) => [
      record,
      ...members.map((member) => row[member]),
      ...names.map((name) => (Object.hasOwn(row.values, name) ? row.values[name] : undefined))
    ])
  const head = ["record", ...members, ...names.map((name) => `values.${name}`)]
  return [head, ...rows("step", steps), ...rows("epoch", epochs), ...rows("validation", validations)]
    .map((cells) => `${cells.map(cellText).join(",")}\n`)
    .join("")
}

/** Four digits: what differs behind them is in the other formats. */
const rounded = (value: number | undefined): number | null => (value === undefined ? null : Number(value.toPrecision(4)))

const validationOf = (validations: ReadonlyArray<MeasuredPart>, phase: string, epoch: number): MeasuredPart | undefined =>
  validations.find((each) => each.phase === phase && each.epoch === epoch)

/** The means of every epoch, and the primary metric of the validation behind it. */
export const measuresText = ({ steps, epochs, validations }: RunMeasures, metric: string): string => {
  const phases = new Set(epochs.map(({ phase }) => phase))
  const [part] = validations
  const stop = validations.find(({ stops }) => stops)
  return [
    textTable(
      [
        ...(phases.size < 2 ? [] : [{ title: "PHASE", cell: (row: (typeof epochs)[number]) => row.phase }]),
        { title: "EPOCH", cell: (row) => row.epoch },
        ...namesOf(epochs).map((name) => ({
          title: name.toUpperCase(),
          cell: ({ values }: (typeof epochs)[number]) => rounded(values[name])
        })),
        ...(part === undefined
          ? []
          : [
              {
                title: `${part.part} ${metric}`.toUpperCase(),
                cell: ({ phase, epoch }: (typeof epochs)[number]) => rounded(validationOf(validations, phase, epoch)?.values[metric])
              }
            ])
      ],
      epochs,
      "no step was measured"
    ),
    `\nMeans over the steps of an epoch; all ${steps.length} optimiser steps: --format csv or json\n`,
    stop === undefined ? "" : `The training ended behind epoch ${stop.epoch}: ${stop.part} was answered no better any more.\n`
  ].join("")
}
