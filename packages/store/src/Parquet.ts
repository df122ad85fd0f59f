/**
 * A table as Apache Parquet, for whatever reads columns.
 *
 * Stored without compression and without an author's version, so that equal tables are equal bytes. Sharp edge: integers are 64 bits wide,
 * and a reader in JavaScript gives them as bigint.
 */
import type { BasicType } from "hyparquet-writer"
import { type Cell, type ColumnType, checkTable, type Table } from "./Table.ts"

const types: Readonly<Record<ColumnType, BasicType>> = {
  text: "STRING",
  json: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN"
}

const stored = (type: ColumnType, cell: Cell): Cell | bigint => (type === "integer" && typeof cell === "number" ? BigInt(cell) : cell)

/**
 * The file. Columns of type `json` are text. The writer is loaded by the first call: few who open a store write a table.
 *
 * Rejects with the RangeError of `checkTable`.
 */
export const tableParquet = async (table: Table): Promise<Uint8Array> => {
  const { columns, rows } = checkTable(table)
  const { parquetWriteBuffer } = await import("hyparquet-writer")
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type, nullable = false }, index) => ({
      name,
      type: types[type],
      nullable,
      data: rows.map((row) => stored(type, row[index] ?? null))
    })),
    codec: "UNCOMPRESSED",
    rowGroupSize: 100_000,
    createdBy: "feagi-trainer"
  })
  return new Uint8Array(buffer)
}
