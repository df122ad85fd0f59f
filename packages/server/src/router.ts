/** Which operation an address and a method mean. The table decides; a literal segment goes before an id. */
import { type OperationId, operationIds, type Route, routeOf } from "@feagi-trainer/control-api"
import { refuse } from "./Reply.ts"

interface Row {
  readonly operation: OperationId
  readonly route: Route
  readonly pattern: ReadonlyArray<string>
}

const rows: ReadonlyArray<Row> = operationIds
  .map((operation) => ({ operation, route: routeOf(operation), pattern: routeOf(operation).path.slice(1).split("/") }))
  .sort((left, right) => idsIn(left.pattern) - idsIn(right.pattern))

function idsIn(pattern: ReadonlyArray<string>): number {
  return pattern.filter((each) => each.startsWith("{")).length
}

export interface Match {
  readonly operation: OperationId
  readonly route: Route
  /** Ids of the path, not looked at yet. */
  readonly path: Readonly<Record<string, string>>
}

const pathOf = ({ pattern }: Row, segments: ReadonlyArray<string>): Record<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined
  const path: Record<string, string> = {}
  for (const [at, expected] of pattern.entries()) {
    const segment = segments[at] ?? ""
    if (expected.startsWith("{")) path[expected.slice(1, -1)] = segment
    else if (expected !== segment) return undefined
  }
  return path
}

/** @param segments behind `/api/v1`. @throws Refusal 404 or 405 */
export const match = (method: string, segments: ReadonlyArray<string>): Match => {
  const found = rows.flatMap((row) => {
    const path = pathOf(row, segments)
    return path === undefined ? [] : [{ ...row, path }]
  })
  const fitting = found.find(({ route }) => route.method === method)
  if (fitting !== undefined) return { operation: fitting.operation, route: fitting.route, path: fitting.path }
  if (found.length === 0)
    throw refuse(404, { code: "FT6002", message: "there is nothing at this address", help: "GET /api/v1/openapi.json lists what there is" })
  const allowed = [...new Set(found.map(({ route }) => route.method))].sort().join(", ")
  throw refuse(
    405,
    { code: "FT6003", message: `this address does not take ${/^[A-Z]{1,16}$/.test(method) ? method : "this method"}`, expected: allowed },
    { allow: allowed }
  )
}
