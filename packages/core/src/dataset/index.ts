/** Pure knowledge about datasets: duplicates, leaks, hashes of pieces, labels, kinds of bytes, what fits to what. */
export * from "./ChunkHashes.ts"
export * from "./checkCompatibility.ts"
export * from "./Duplicates.ts"
export * from "./diffVersions.ts"
export * from "./labelMap.ts"
export * from "./leakage.ts"
export * from "./nearPairs.ts"
export * from "./sniff.ts"
