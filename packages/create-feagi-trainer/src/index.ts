/** `create-feagi-trainer` as a library: what the program does, without its process. */
export { type Axis, axes, isAxis } from "./Axis.ts"
export { main, type Surroundings } from "./main.ts"
export { problemOfName } from "./Name.ts"
export { effectRange, packageName, release, render } from "./render.ts"
