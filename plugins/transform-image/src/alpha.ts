/**
 * Alpha while pixels are mixed: a colour counts by how much of it is seen, else the colour of what is invisible would bleed into its
 * neighbours. Integer formulas of Pillow (ImagingConvert: RGBA ↔ RGBa, LA ↔ La), so that results are the same.
 */
import type { Picture } from "./Picture.ts"

const hasAlpha = ({ channels }: Picture): boolean => channels === 2 || channels === 4

/** left · right / 255, rounded, in integers. */
export const timesByte = (left: number, right: number): number => {
  const product = left * right + 128
  return (product + (product >> 8)) >> 8
}

const mapColours = (picture: Picture, change: (value: number, alpha: number) => number): Picture => {
  const { channels } = picture
  const pixels = picture.pixels.map((value, index) => {
    const channel = index % channels
    return channel === channels - 1 ? value : change(value, picture.pixels[index - channel + channels - 1] ?? 255)
  })
  return { ...picture, pixels }
}

/** Does something to a picture whose colours are weighed by its alpha, where it has one. */
export const weighed = (picture: Picture, change: (picture: Picture) => Picture): Picture => {
  if (!hasAlpha(picture)) return change(picture)
  const changed = change(mapColours(picture, timesByte))
  return mapColours(changed, (value, alpha) => (alpha === 0 || alpha === 255 ? value : Math.min(255, Math.floor((255 * value) / alpha))))
}
