/**
 * A figure in the form that a file name asks for. Pictures of pixels are drawn with a font that comes with a package, because every machine
 * has others; the same figure then gives the same bytes everywhere. Both packages are looked for when a PNG is asked for, and not before.
 */
import { createRequire } from "node:module"
import { join } from "node:path"
import { type Figure, type Theme, toCsv, toMarkdown, toSvg, toVegaLite } from "@feagi-trainer/charts"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export const forms = [".svg", ".png", ".csv", ".md", ".vl.json", ".json"] as const
export type Form = (typeof forms)[number]

/** By the end of the name; `.vl.json` is a `.json` as well and comes first. */
export const formOf = (path: string): Effect.Effect<Form, TrainerError> => {
  const found = forms.find((form) => path.toLowerCase().endsWith(form))
  return found === undefined
    ? trainerError("usage", {
        code: "FT5501",
        field: "--out",
        message: "does not tell which form a figure is to have",
        expected: `a name that ends with ${forms.join(", ")}`,
        actual: path
      })
    : Effect.succeed(found)
}

const packages = ["@resvg/resvg-js", "dejavu-fonts-ttf"] as const

/** What is used of the renderer. */
interface Renderer {
  readonly Resvg: new (svg: string, options: object) => { readonly render: () => { readonly asPng: () => Uint8Array } }
}

const resolved = (name: string): string | undefined => {
  for (const from of [join(process.cwd(), "x.js"), import.meta.url])
    try {
      return createRequire(from).resolve(name)
    } catch {
      // Not from here: the next place, or nowhere.
    }
  return undefined
}

const pixels = (svg: string): Effect.Effect<Uint8Array, TrainerError> =>
  Effect.suspend(() => {
    const [renderer, font] = [resolved(packages[0]), resolved(`${packages[1]}/ttf/DejaVuSans.ttf`)]
    if (renderer === undefined || font === undefined)
      return trainerError("missing", {
        code: "FT5502",
        message: `a picture of pixels needs ${[renderer === undefined ? packages[0] : undefined, font === undefined ? packages[1] : undefined].filter((name) => name !== undefined).join(" and ")}`,
        help: `npm install ${packages.join(" ")}   or write an .svg`
      })
    const { Resvg } = createRequire(import.meta.url)(renderer) as Renderer
    const drawn = new Resvg(svg, {
      font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
      fitTo: { mode: "zoom", value: 2 }
    })
    return Effect.succeed(drawn.render().asPng())
  })

/** The bytes of a figure. A table and an overlay have no Vega-Lite form, and a PNG follows no colour scheme. */
export const bytesOf = (figure: Figure, form: Form, theme: Theme): Effect.Effect<Uint8Array, TrainerError> => {
  const text = (content: string) => Effect.succeed(new TextEncoder().encode(content))
  switch (form) {
    case ".svg":
      return text(toSvg(figure, { theme }))
    case ".png":
      return pixels(toSvg(figure, { theme: theme === "auto" ? "light" : theme }))
    case ".csv":
      return text(toCsv(figure))
    case ".md":
      return text(toMarkdown(figure))
    case ".json":
      return text(`${JSON.stringify(figure, null, 2)}\n`)
    case ".vl.json": {
      const spec = toVegaLite(figure)
      if (spec !== undefined) return text(`${JSON.stringify(spec, null, 2)}\n`)
      return trainerError("usage", {
        code: "FT5503",
        field: "--out",
        message: `a figure of kind ${figure.kind} has no Vega-Lite form`,
        expected: "another form: .svg, .png, .csv, .md, .json"
      })
    }
  }
}
