/** Conditions on runs, the facts that they are about, and the table that both make. */
export { type CompiledQuery, compileQuery, globOf, type QueriedColumn, type QuerySource, timeSpan } from "./compileQuery.ts"
export { type ParsedQuery, parseQuery, type QueryMistake, type QueryToken, queryLimits } from "./parseQuery.ts"
export { type Comparison, fieldsOfQuery, fieldText, type Operator, type Query, queryText } from "./Query.ts"
export { type Cell, type CellType, fixedColumns, usualColumns } from "./RunColumn.ts"
export {
  type ColumnSummary,
  compareCells,
  openRunTable,
  RunTable,
  type RunTablePage,
  type RunTableRequest,
  type TableColumn
} from "./RunTable.ts"
export { factsVersion, type RunFacts, runFacts } from "./runFacts.ts"
