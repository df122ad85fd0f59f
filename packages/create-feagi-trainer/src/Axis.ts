/** The axes that can be scaffolded. Each has a folder of files under `templates/`; what all of them share stands in `templates/common`. */
export const axes = [
  "adapter",
  "sampler",
  "transform",
  "metric-pack",
  "protocol",
  "encoder",
  "decoder",
  "reward",
  "brain-backend",
  "learner"
] as const
export type Axis = (typeof axes)[number]

export const isAxis = (text: string): text is Axis => (axes as ReadonlyArray<string>).includes(text)
