/** Canvases in pixels of the screen, drawn anew when their size, their data or the colours of the page change. */
import { useEffect } from "preact/hooks"

/** The largest side of a canvas that every browser can make, in pixels of the screen. */
const longest = 16_000

/** `draw` is called in CSS pixels, on an empty canvas of this size. */
export const useDrawing = (
  canvas: { readonly current: HTMLCanvasElement | null },
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
  inputs: ReadonlyArray<unknown>
): void => {
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext("2d") ?? null
    if (element === null || context === null || width <= 0 || height <= 0) return
    const ratio = Math.min(devicePixelRatio, longest / Math.max(width, height))
    element.width = Math.round(width * ratio)
    element.height = Math.round(height * ratio)
    element.style.width = `${width}px`
    element.style.height = `${height}px`
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    draw(context)
  }, [width, height, ...inputs])
}
