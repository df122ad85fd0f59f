/** Every operation of the trainer as an HTTP API: one table, and what is made from it. */
export { type Address, addressOf, apiBase, headerOf } from "./address.ts"
export { argvOf, commandOf, type InputProblem, inputProblems, quoted, stdinOf } from "./argv.ts"
export {
  ApiError,
  type CallOptions,
  type Client,
  type ClientOptions,
  type Data,
  type FollowOptions,
  type Gap,
  type JobOptions,
  makeClient,
  type Result,
  type WatchOptions
} from "./client.ts"
export { dataSchemas, type OperationData } from "./data/index.ts"
export * from "./data/server.ts"
export { type Document, type Envelope, type Failure, type Finding, isDocument, isFailure } from "./envelope.ts"
export { parseJson, printJson } from "./json.ts"
export { openapi } from "./openapi.ts"
export { pythonClient } from "./python.ts"
export {
  type BytesOperation,
  type Field,
  type FieldType,
  type IdPattern,
  type Input,
  idPatterns,
  idShapes,
  type JobOperation,
  type OperationId,
  operationIds,
  type Route,
  type RouteEffect,
  routeOf,
  routes
} from "./routes.ts"
export { makeSseReader, sseMessage } from "./sse.ts"
export { tameName, uploadName } from "./uploadName.ts"
