/** New run: the six steps. */
export { default } from "../wizard/index.tsx"
