/**
 * Puts pictures under the overlays of a report: a metric pack knows which picture belongs there and never sees it.
 *
 * Sharp edge: a picture goes into the page as it lies on the disk, so only what a browser shows can; anything else, and what is larger than
 * the limit, leaves the place hatched.
 */
import type { Figure, OverlayImage } from "@feagi-trainer/charts"
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** Largest picture that is put into a page. */
export const maxPictureBytes = 4 * 1024 * 1024

const kinds: ReadonlyArray<readonly [type: string, magic: ReadonlyArray<number>, at: number]> = [
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ["jpeg", [0xff, 0xd8, 0xff], 0],
  ["gif", [0x47, 0x49, 0x46, 0x38], 0],
  ["webp", [0x57, 0x45, 0x42, 0x50], 8]
]

/** A `data:` address of bytes that a browser shows as a picture; undefined for all others. */
export const pictureAddress = (bytes: Uint8Array): string | undefined => {
  const kind = kinds.find(([, magic, at]) => magic.every((byte, index) => bytes[at + index] === byte))
  return kind === undefined || bytes.length > maxPictureBytes
    ? undefined
    : `data:image/${kind[0]};base64,${Buffer.from(bytes).toString("base64")}`
}

/** @param read the bytes of the picture that an overlay names; undefined where there is none */
export const withPictures = <R>(
  figures: ReadonlyArray<Figure>,
  read: (image: OverlayImage) => Effect.Effect<Uint8Array | undefined, TrainerError, R>
): Effect.Effect<ReadonlyArray<Figure>, TrainerError, R> =>
  Effect.forEach(figures, (figure) =>
    figure.kind !== "overlay" || figure.image.href !== undefined
      ? Effect.succeed(figure)
      : Effect.map(read(figure.image), (bytes): Figure => {
          const href = bytes === undefined ? undefined : pictureAddress(bytes)
          return href === undefined ? figure : { ...figure, image: { ...figure.image, href } }
        })
  )
