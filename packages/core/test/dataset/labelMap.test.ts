import { decodeStrict } from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { applyLabelMap, confusion, LabelMap } from "../../src/dataset/labelMap.ts"

const labels = (...names: ReadonlyArray<string>) => names.map((label, class_id) => ({ class_id, label }))
const animals = labels("cat", "dog", "wolf", "car")
const plain: LabelMap = {
  schema_version: 1,
  name: "canines",
  version: 1,
  kind: "merge",
  classes: ["canine", "feline", "thing"],
  map: { cat: "feline", dog: "canine", wolf: "canine", car: "thing" }
}
const found = (more: Partial<LabelMap>, classes = animals) => {
  const applied = applyLabelMap({ ...plain, ...more }, classes)
  return applied.ok ? [] : applied.diagnostics.map(({ code, field, message }) => `${code} ${field}: ${message}`)
}

describe("a label map", () => {
  it("gives every old class its new id, and says which classes there are", () => {
    const applied = applyLabelMap(plain, animals)
    expect(applied).toEqual({ ok: true, classes: labels("canine", "feline", "thing"), rank: [1, 0, 0, 2] })
  })

  it("changes only the order when it is the identity in another order", () => {
    const map = { cat: "cat", dog: "dog", wolf: "wolf", car: "car" }
    const applied = applyLabelMap({ ...plain, kind: "injective", classes: ["wolf", "dog", "car", "cat"], map }, animals)
    expect(applied).toMatchObject({ ok: true, rank: [3, 1, 0, 2] })
  })

  it("keeps the total of the samples, whatever it merges", () => {
    const random = SeedTree.root(2n).child("maps").random()
    for (let round = 0; round < 100; round++) {
      const old = labels(...Array.from({ length: 3 + random.below(20) }, (_, at) => `old ${at}`))
      const classes = ["new 0", ...Array.from({ length: random.below(3) }, (_, at) => `new ${at + 1}`)] as const
      const map = Object.fromEntries(
        old.map(({ label }, at) => [label, at < classes.length ? (classes[at] ?? "") : (classes[random.below(classes.length)] ?? "")])
      )
      const applied = applyLabelMap({ ...plain, classes, map }, old)
      if (!applied.ok) throw new Error(JSON.stringify(applied.diagnostics))
      const counts = old.map(() => random.below(1000))
      const rows = confusion(counts, old, applied)
      expect(rows.map((row) => row.samples)).toEqual(counts)
      expect(rows.map((row) => row.new)).toEqual(old.map(({ label }) => map[label]))
    }
  })

  it("shows what became of the samples", () => {
    const applied = applyLabelMap(plain, animals)
    if (!applied.ok) throw new Error("refused")
    expect(confusion([5, 6, 7, 8], animals, applied)).toEqual([
      { old: "cat", new: "feline", samples: 5 },
      { old: "dog", new: "canine", samples: 6 },
      { old: "wolf", new: "canine", samples: 7 },
      { old: "car", new: "thing", samples: 8 }
    ])
  })

  it("takes a label for itself, even one that is a name of every object", () => {
    const odd = labels("__proto__", "constructor")
    const map = JSON.parse('{"__proto__": "a", "constructor": "b"}')
    expect(applyLabelMap({ ...plain, classes: ["a", "b"], map }, odd)).toMatchObject({ ok: true, rank: [0, 1] })
    expect(found({ classes: ["a"], map: { x: "a" } }, labels("x", "toString"))).toEqual([
      'FT2411 map: class "toString" of the dataset is not mapped'
    ])
  })
})

describe("a label map is refused", () => {
  it("when it leaves out classes of the dataset, all of them named", () => {
    expect(found({ classes: ["canine", "feline"], map: { dog: "canine", cat: "feline" } })).toEqual([
      'FT2411 map: class "wolf" of the dataset is not mapped',
      'FT2411 map: class "car" of the dataset is not mapped'
    ])
  })

  it("when it maps a class that the dataset does not have", () => {
    expect(found({ map: { ...plain.map, fox: "canine" } })).toEqual(['FT2412 map.fox: the dataset has no class "fox"'])
  })

  it("when a target is none of its classes", () => {
    expect(found({ map: { ...plain.map, wolf: "canin" } })).toEqual(['FT2413 map.wolf: "canin" is none of the new classes'])
  })

  it("when it merges without saying so", () => {
    expect(found({ kind: "injective" })).toEqual(['FT2414 kind: "dog", "wolf" all become "canine"'])
  })

  it("when nothing becomes one of its classes", () => {
    expect(found({ classes: ["canine", "feline", "thing", "bird"] })).toEqual(['FT2415 classes.3: nothing becomes "bird"'])
  })

  it("with everything that is wrong at once", () => {
    const codes = found({
      kind: "injective",
      classes: ["canine", "feline"],
      map: { dog: "canine", wolf: "canine", fox: "y" }
    })
    expect(codes.map((each) => each.slice(0, 6))).toEqual(["FT2411", "FT2411", "FT2412", "FT2413", "FT2414", "FT2415"])
  })

  it("with the label that is nearly meant, in another case, form or spelling", () => {
    const help = (label: string, written: string) => {
      const applied = applyLabelMap({ ...plain, classes: ["a"], map: { [written]: "a" } }, labels(label))
      return applied.ok ? [] : applied.diagnostics.map((each) => each.help?.slice(0, each.help.indexOf("?") + 1))
    }
    expect(help("cafe\u0301", "caf\u00e9")).toEqual(['did you mean "caf\u00e9"?', 'did you mean "cafe\u0301"?'])
    expect(help("\u00c9", "e\u0301")).toEqual(['did you mean "e\u0301"?', 'did you mean "\u00c9"?'])
    expect(help("Setosa ", "setosa")).toEqual(['did you mean "setosa"?', 'did you mean "Setosa "?'])
    expect(help("versicolor", "versicolour")).toEqual(['did you mean "versicolour"?', 'did you mean "versicolor"?'])
  })
})

describe("the document of a label map", () => {
  const mistakes = (value: object) => {
    const decoded = decodeStrict(LabelMap, value)
    return decoded.ok ? [] : decoded.mistakes.map((each) => `${each.path.join(".")} ${each.expected ?? each.message}`)
  }

  it("is taken as it was written", () => {
    expect(decodeStrict(LabelMap, plain)).toEqual({ ok: true, value: plain })
  })

  it("is decoded strictly", () => {
    expect(mistakes({ ...plain, version: 0 })[0]).toMatch(/^version /)
    expect(mistakes({ ...plain, version: 1.5 })[0]).toMatch(/^version /)
    expect(mistakes({ ...plain, schema_version: 2 })).toEqual(["schema_version 1"])
    expect(mistakes({ ...plain, kind: "total" })[0]).toMatch(/^kind /)
    expect(mistakes({ ...plain, classes: [] })[0]).toMatch(/^classes/)
    expect(mistakes({ ...plain, classes: ["a", "a"] })).toEqual(["classes labels that are all different"])
    expect(mistakes({ ...plain, map: { cat: 3 } })[0]).toMatch(/^map\.cat /)
    expect(mistakes({ ...plain, mapp: {} })).toEqual(['mapp unknown key "mapp"'])
    const { map: _, ...without } = plain
    expect(mistakes(without)).toEqual(["map is required and missing"])
  })
})
