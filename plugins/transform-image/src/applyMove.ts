/** Applies a move to the picture and the target of a sample together, so that no operation can move one without the other. */
import { type IRSample, type SampleShape, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Move, movePixels, moveTarget } from "./Move.ts"
import { type Picture, readPicture, withPicture } from "./Picture.ts"

/** @param pixels the picture after the move; left out: every pixel is one that was there, or `outside` */
export const applyMove = (
  operation: string,
  { sample, shape }: { readonly sample: IRSample; readonly shape?: SampleShape },
  moveOf: (picture: Picture) => Move,
  outside: ReadonlyArray<number> = [],
  pixels: (picture: Picture, move: Move) => Picture = (picture, move) => movePixels(picture, move, outside)
): Effect.Effect<IRSample, TrainerError> => {
  const picture = readPicture(operation, sample, shape)
  if (picture instanceof TrainerError) return Effect.fail(picture)
  const move = moveOf(picture)
  const target = moveTarget(operation, sample, move)
  return target instanceof TrainerError ? Effect.fail(target) : Effect.succeed(withPicture(sample, pixels(picture, move), target))
}
