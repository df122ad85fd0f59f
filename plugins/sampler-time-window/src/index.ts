/** The sampler `time-window`: consecutive samples of one episode, window by window. */
export { timeWindow } from "./TimeWindow.ts"
