/**
 * The core's ports on one folder: SQLite, content-addressed blobs and a hash-chained journal; bundles; and safe reading of files.
 */
export { type ArchiveLimits, archiveBytes, type BundleEntry, readArchive, writeArchive } from "./Archive.ts"
export { BlobFiles, type BlobFilesShape, nodeBlobFiles } from "./BlobFiles.ts"
export { type Bundle, type BundleFile, type BundleManifest, readBundle, writeBundle, writeBundleArchive } from "./Bundle.ts"
export { diagnosticsFile } from "./DiagnosticsFile.ts"
export { dreamPoolFolder, PoolManifest } from "./DreamPoolFolder.ts"
export { eventSha256, journalBodySha256 } from "./Events.ts"
export type { Imported, RunImport } from "./Import.ts"
export { memoryRoots } from "./MemoryRoots.ts"
export { tableParquet } from "./Parquet.ts"
export { type Liveness, ProcessFacts, type ProcessFactsShape, type ProcessIdentity } from "./ProcessFacts.ts"
export { readFileLimited } from "./RegularFile.ts"
export { approvedRoots, approvedRootsLayer } from "./Roots.ts"
export { openStore, Store, type StoreOptions, type StoreShape, storeExists, verifyStore } from "./Store.ts"
export { type StoreCode, type StoreCodeId, storeCodes } from "./StoreError.ts"
export { type Cell, type Column, type ColumnType, type Table, tableCsv, tableJson } from "./Table.ts"
export { indexerLayer } from "./TemporaryIndex.ts"
