/** The entries of this plugin: the learner `tfjs`. */
export { tfjs } from "./Tfjs.ts"
