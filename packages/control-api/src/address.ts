/** Where an operation is found with an input: address, and what goes into the body. Browser-safe. */
import { inputProblems } from "./argv.ts"
import { type Input, type OperationId, routeOf } from "./routes.ts"

export const apiBase = "/api/v1"

export interface Address {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** With the base in front, and the query behind. */
  readonly url: string
  /** Undefined where the operation has no body. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The header that a field stands in, in lower case. */
export const headerOf = (name: string): string => name.replaceAll("_", "-")

/** @throws RangeError where the input is not what the operation takes */
export const addressOf = <Id extends OperationId>(operation: Id, input: Input<Id>): Address => {
  const route = routeOf(operation)
  const given = input as Readonly<Record<string, unknown>>
  const [problem] = inputProblems(route, given)
  if (problem !== undefined)
    throw new RangeError(
      `${operation}: ${problem.field} is ${problem.problem}, expected ${problem.expected}${problem.actual === undefined ? "" : `, got ${problem.actual}`}`
    )
  const entries = Object.entries(route.fields).filter(([name]) => given[name] !== undefined)
  const path = route.path.replaceAll(/\{([a-z0-9_]+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])))
  const query = entries
    .filter(([, field]) => field.in === "query")
    .flatMap(([name]) => {
      const value = given[name]
      return (Array.isArray(value) ? value : [value]).map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`)
    })
  const inBody = entries.filter(([, field]) => field.in === "body")
  const inHeaders = entries.filter(([, field]) => field.in === "header")
  const hasBody = Object.values(route.fields).some((field) => field.in === "body")
  return {
    method: route.method,
    url: `${apiBase}${path}${query.length === 0 ? "" : `?${query.join("&")}`}`,
    body: hasBody ? Object.fromEntries(inBody.map(([name]) => [name, given[name]])) : undefined,
    headers: Object.fromEntries(inHeaders.map(([name]) => [headerOf(name), `"${given[name]}"`]))
  }
}
