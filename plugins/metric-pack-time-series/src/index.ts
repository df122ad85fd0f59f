/** The entries of this plugin: the metric packs `time-series` and `time-series-events`, and the protocols of scalars, vectors and events. */
export type { EventOptions } from "./EventRule.ts"
export type { EventTallies } from "./EventTallies.ts"
export type { TimeSeriesOptions } from "./Options.ts"
export {
  eventsHoldout,
  eventsTrainTest,
  scalarHoldout,
  scalarTrainTest,
  vectorHoldout,
  vectorTrainTest
} from "./Protocols.ts"
export type { Pairs } from "./Rows.ts"
export { timeSeries } from "./TimeSeries.ts"
export { timeSeriesEvents } from "./TimeSeriesEvents.ts"
