/** The sampler `curriculum`: the easy samples first, more of them every epoch. */
export { curriculum } from "./Curriculum.ts"
