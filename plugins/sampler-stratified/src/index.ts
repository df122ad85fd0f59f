/** The sampler `stratified`: every window of an epoch holds each class in its share. */
export { stratified } from "./Stratified.ts"
