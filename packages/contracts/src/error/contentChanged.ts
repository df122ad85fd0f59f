/**
 * ContentChanged: a file of a registered dataset is not the one that was registered. Every adapter says it with this one error, so
 * that a program can tell it by its code and read path, expected and got from `file`, `expected` and `actual`.
 */
import { type TrainerError, trainerError } from "./TrainerError.ts"

export const CONTENT_CHANGED = "FT2110"

export interface ContentChange {
  /** Relative to the root of the dataset. */
  readonly path: string
  /** What was registered, and what is there: a SHA-256, a length, or `no file`. */
  readonly expected: string
  readonly got: string
  /** The sample that was read when it was noticed. */
  readonly sample_id?: string
}

export const contentChanged = ({ path, expected, got, sample_id }: ContentChange): TrainerError =>
  trainerError("integrity", {
    code: CONTENT_CHANGED,
    message: "the file is not the one that was registered",
    file: path,
    ...(sample_id === undefined ? {} : { sample_id }),
    expected,
    actual: got,
    help: "restore the file, or register the data again as a new version"
  })
