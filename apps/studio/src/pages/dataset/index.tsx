/** A dataset: the page is beside the list of datasets. */
export { default } from "../datasets/Dataset.tsx"
