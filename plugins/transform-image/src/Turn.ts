/**
 * A picture turned around its centre by any angle, counter-clockwise, on a canvas of its own size. `nearest` takes the pixel in which a
 * centre falls, in Pillow's fixed point of 16 bits; `linear` mixes the four around it and rounds to the nearest byte.
 *
 * Sharp edge: the box of a turned box is the upright one around its corners, larger than what it encloses.
 */
import { weighed } from "./alpha.ts"
import { type Move, movePixels } from "./Move.ts"
import type { Picture, Size } from "./Picture.ts"
import { cosPi, sinPi } from "./trigonometry.ts"

const FIXED = 65_536
const fixed = (value: number): number => Math.floor(value * FIXED + 0.5)
/** 15 digits behind the point, as Pillow takes them. */
const rounded = (value: number): number => Number(value.toFixed(15))

interface Turning {
  readonly cos: number
  readonly sin: number
  /** What the incoming place of the outgoing origin is. */
  readonly x: number
  readonly y: number
}

const turning = ({ width, height }: Size, degrees: number): Turning => {
  const [cos, sin] = [rounded(cosPi(degrees / 180)), rounded(sinPi(degrees / 180))]
  const [centreX, centreY] = [width / 2, height / 2]
  return { cos, sin, x: centreX - cos * centreX + sin * centreY, y: centreY - sin * centreX - cos * centreY }
}

const cornersOf = (x: number, y: number, width: number, height: number) =>
  [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height]
  ] as const

export const turned = (from: Size, degrees: number): Move => {
  const { width, height } = from
  const { cos, sin, x: originX, y: originY } = turning(from, degrees)
  const point = (x: number, y: number): readonly [number, number] => {
    const [right, down] = [x - width / 2, y - height / 2]
    return [cos * right + sin * down + width / 2, -sin * right + cos * down + height / 2]
  }
  const [stepX, stepY] = [fixed(cos), fixed(sin)]
  const startX = fixed(originX + cos * 0.5 - sin * 0.5)
  const startY = fixed(originY + sin * 0.5 + cos * 0.5)
  const acrossX = fixed(-sin)
  return {
    from,
    width,
    height,
    loses: true,
    area: 1,
    source: (x, y) => {
      const right = Math.floor((startX + y * acrossX + x * stepX) / FIXED)
      const down = Math.floor((startY + y * stepX + x * stepY) / FIXED)
      return right >= 0 && right < width && down >= 0 && down < height ? down * width + right : -1
    },
    point,
    box: (box) => {
      const corners = cornersOf(box.x, box.y, box.width, box.height).map(([x, y]) => point(x, y))
      const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
      const [left, top] = [Math.min(...xs), Math.min(...ys)]
      return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top }
    }
  }
}

const mixed = (
  { width, height, channels, pixels }: Picture,
  degrees: number,
  outside: (at: number, channel: number) => number
): Picture => {
  const { cos, sin, x: originX, y: originY } = turning({ width, height }, degrees)
  const out = new Uint8Array(pixels.length)
  let to = 0
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const x = originX + cos * (column + 0.5) - sin * (row + 0.5)
      const y = originY + sin * (column + 0.5) + cos * (row + 0.5)
      const inside = x >= 0 && x < width && y >= 0 && y < height
      const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)]
      const [shareX, shareY] = [x - 0.5 - left, y - 0.5 - top]
      const at = (down: number, right: number, channel: number) =>
        pixels[(Math.min(height - 1, Math.max(0, down)) * width + Math.min(width - 1, Math.max(0, right))) * channels + channel] ?? 0
      for (let channel = 0; channel < channels; channel += 1) {
        const above = at(top, left, channel) * (1 - shareX) + at(top, left + 1, channel) * shareX
        const below = at(top + 1, left, channel) * (1 - shareX) + at(top + 1, left + 1, channel) * shareX
        out[to] = inside ? Math.floor(above * (1 - shareY) + below * shareY + 0.5) : outside(to, channel)
        to += 1
      }
    }
  return { width, height, channels, pixels: out }
}

export const turn = (
  picture: Picture,
  move: Move,
  degrees: number,
  kernel: "nearest" | "linear",
  outside: ReadonlyArray<number>
): Picture => {
  if (kernel === "nearest") return movePixels(picture, move, outside)
  const beyond = new Set<number>()
  const inside = weighed(picture, (plain) =>
    mixed(plain, degrees, (at) => {
      beyond.add(at)
      return 0
    })
  )
  // Written after the colours are weighed back, for the values outside are plain ones.
  for (const at of beyond) inside.pixels[at] = outside[at % picture.channels] ?? 0
  return inside
}
