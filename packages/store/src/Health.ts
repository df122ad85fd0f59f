/**
 * Whether one opened store may still write. After a failed sync the kernel has dropped the pages and a second sync "succeeds", so
 * nothing that this handle writes afterwards could be promised: it is condemned for good. Opening the store again starts afresh.
 */
import type { TrainerError } from "@feagi-trainer/contracts"

export class Health {
  #condemned: TrainerError | undefined

  /** Throws the first fatal error again, so that every later write fails with the same words. */
  check(): void {
    if (this.#condemned !== undefined) throw this.#condemned
  }

  /** The first error counts; later ones are its consequences. */
  condemn(error: TrainerError): TrainerError {
    this.#condemned ??= error
    return this.#condemned
  }
}
