/** Identity primitives: all that a producer of data needs to name it, and the schema vocabulary of the wire. */
export * from "./Identity.ts"
export * from "./Ids.ts"
export * from "./JsonValue.ts"
export * from "./Kinds.ts"
export * from "./Numbers.ts"
export * from "./Wire.ts"
