/**
 * What the server needs of whoever starts it: verbs, processes, events and bytes. Whoever starts it is the command line; the server knows
 * no plugin, no store and no project.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { Document, Health, RunChange, RunStart, Session } from "@feagi-trainer/control-api"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

/** What a verb printed with `--json`, and how its process would have ended. */
export interface VerbAnswer {
  /** A failure is a document of kind `error`. */
  readonly envelope: Document
  readonly exitCode: number
}

/** A verb that runs as a process of its own. */
export interface JobProcess {
  /** When it has ended, however it did. Null where it printed no document. */
  readonly result: Effect.Effect<{ readonly envelope: Document | null; readonly exitCode: number }>
  /** Asks it to end; done at once, whether or not it has ended. */
  readonly cancel: Effect.Effect<void>
}

/** What a process says before its document. */
export interface JobListener {
  /** One line of stderr without its end. */
  readonly line: (text: string) => void
  readonly progress: (done: number, total: number | null) => void
}

/** One event of a run with its number, as the document that `run events --json` prints. */
export interface NumberedEvent {
  /** From 0, without gaps. */
  readonly seq: number
  /** A RunEvent in wire form: plain JSON values, with bigint where an integer is beyond 2^53. */
  readonly document: unknown
}

export interface EventSource {
  /** The whole id of a run; fails with FT1301 where there is none. Takes `latest`. */
  readonly find: (run: string) => Effect.Effect<string, TrainerError>
  /** What is there behind number `after` (-1: everything), and no more. */
  readonly past: (run_id: string, after: number) => Stream.Stream<NumberedEvent, TrainerError>
  /** The same, and then what comes; ends when the run has ended. */
  readonly follow: (run_id: string, after: number) => Stream.Stream<NumberedEvent, TrainerError>
  /** How every run stands. Asked about once a second while somebody watches. */
  readonly changes: Effect.Effect<ReadonlyArray<RunChange>, TrainerError>
}

export interface Host {
  readonly health: Omit<Health, "status">
  readonly session: Effect.Effect<Session, TrainerError>
  /** A verb in this process. Never fails: what goes wrong is a document. `--json` is not among the words; the host adds it. */
  readonly call: (argv: ReadonlyArray<string>, stdin?: string) => Effect.Effect<VerbAnswer>
  /** A verb as a child process. */
  readonly spawn: (argv: ReadonlyArray<string>, listener: JobListener, stdin?: string) => Effect.Effect<JobProcess, TrainerError>
  /** Starts or resumes a run, or every run of a group, in a process that outlives the server. */
  readonly start: (run: string, options: { readonly workers?: number }) => Effect.Effect<RunStart, TrainerError>
  readonly events: EventSource
  /** Bytes of the payload of a sample, at most 64 MiB. */
  readonly picture: (dataset: string, sample: string) => Effect.Effect<Uint8Array, TrainerError>
  /** A stored blob. */
  readonly artifact: (sha256: string) => Effect.Effect<Uint8Array, TrainerError>
}

export interface ServerOptions {
  readonly host: Host
  /** 0 takes a free one. */
  readonly port: number
  /** At least 32 characters of `A-Za-z0-9_-`; made by chance, known to nobody but who started the server. */
  readonly token: string
  /** Folder of the built Studio; without it there is only the API. Read once, when the server starts. */
  readonly assets?: string
  /** Folder for uploaded files, made when the first one comes; without it uploads are refused. */
  readonly uploads?: string
  /** One line about each refused request and each failure, for stderr; never a token, a query or a body. */
  readonly log?: (line: string) => void
}

/** A server that listens. It ends with the scope that it was made in. */
export interface RunningServer {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** What to open in a browser once: sets the cookie and goes to the Studio. */
  readonly entrance: string
}
