/**
 * The coordinate frame of a picture: how large it is, and what a position in it means. Every sample of shape `image` carries one, and
 * every target in pixels (box, keypoint, mask) is to be read in it.
 */
import type { CoordinateFrame } from "../wire/index.ts"

export interface ImageSize {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number
}

export const IMAGE_FRAME = "image-pixels"

/** x to the right, y downwards, from the outer corner of the first pixel, whose centre is at (0.5, 0.5). */
export const imageFrame = ({ width, height, channels }: ImageSize): CoordinateFrame => ({
  frame_id: IMAGE_FRAME,
  properties: { width, height, channels, unit: "pixel", origin: "top-left", x: "right", y: "down", pixel_centre: 0.5 }
})

/** The size that a frame says; undefined when it is no frame of a picture. */
export const imageSize = (frame: CoordinateFrame | null): ImageSize | undefined => {
  const properties = frame?.frame_id === IMAGE_FRAME ? frame.properties : undefined
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return undefined
  const { width, height, channels } = properties as Readonly<Record<string, unknown>>
  return typeof width === "number" && typeof height === "number" && typeof channels === "number" ? { width, height, channels } : undefined
}
