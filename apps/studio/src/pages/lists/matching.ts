/** The rows in whose text every word of a search occurs, in any order and case. */
export const matching = <Row>(rows: ReadonlyArray<Row>, textOf: (row: Row) => string, search: string): ReadonlyArray<Row> => {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
  if (words.length === 0) return rows
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
