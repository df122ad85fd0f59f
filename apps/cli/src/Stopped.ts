/** The command did what it could and was stopped by a signal: nothing to report, only an exit code. */
export class Stopped {
  readonly _tag = "Stopped"
  readonly exitCode: number
  constructor(exitCode: number) {
    this.exitCode = exitCode
  }
}
