/** The transform graph: nodes as data, phase tags, statistics fitted on one part, and the hash of all of it. */
export { type OpenGraphRequest, openGraph } from "./openGraph.ts"
export { graphHash, PinnedNode } from "./PinnedNode.ts"
export { type PlanGraphRequest, type PlannedGraph, planGraph } from "./planGraph.ts"
export type { TransformGraph } from "./TransformGraph.ts"
export { TransformNode } from "./TransformNode.ts"
