/** The instruction sets that numbers are computed with, as the system lists them. */
import * as Effect from "effect/Effect"
import type { ProbeShape } from "./probe.ts"

/** In the order in which they are told. */
export const cpuFeatures = ["sse4_2", "avx", "avx2", "fma", "avx512f", "neon"] as const
export type CpuFeature = (typeof cpuFeatures)[number]

/** Null where the system does not tell: that is not the same as absent. */
export type CpuFeatures = Readonly<Record<CpuFeature, boolean | null>>

const of = (words: ReadonlySet<string>, names: Readonly<Record<CpuFeature, ReadonlyArray<string>>>): CpuFeatures =>
  Object.fromEntries(cpuFeatures.map((feature) => [feature, names[feature].some((name) => words.has(name))])) as unknown as CpuFeatures

const untold = Object.fromEntries(cpuFeatures.map((feature) => [feature, null])) as unknown as CpuFeatures

/** From the text of `/proc/cpuinfo`: `flags` of an x86, `Features` of an ARM. */
export const featuresOfCpuinfo = (text: string): CpuFeatures => {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]
  if (line === undefined) return untold
  return of(new Set(line.split(/\s+/)), {
    sse4_2: ["sse4_2"],
    avx: ["avx"],
    avx2: ["avx2"],
    fma: ["fma"],
    avx512f: ["avx512f"],
    // 64-bit ARM calls it asimd.
    neon: ["neon", "asimd"]
  })
}

/** From what `sysctl -a` prints on macOS, Intel or Apple. */
export const featuresOfSysctl = (text: string): CpuFeatures => {
  const intel = [...text.matchAll(/^machdep\.cpu\.(?:leaf7_)?features: (.*)$/gm)].flatMap((match) => match[1]?.split(/\s+/) ?? [])
  const on = [...text.matchAll(/^hw\.optional\.([\w.]+): 1$/gm)].map((match) => match[1] ?? "")
  const words = new Set([...intel, ...on])
  if (words.size === 0) return untold
  return of(words, {
    sse4_2: ["SSE4.2", "sse4_2"],
    avx: ["AVX1.0", "avx1_0"],
    avx2: ["AVX2", "avx2_0"],
    fma: ["FMA", "fma"],
    avx512f: ["AVX512F", "avx512f"],
    neon: ["neon", "AdvSIMD", "arm.AdvSIMD"]
  })
}

export const featuresOf = (probe: ProbeShape): Effect.Effect<CpuFeatures> =>
  Effect.gen(function* () {
    if (probe.platform === "linux") return featuresOfCpuinfo(probe.read("/proc/cpuinfo") ?? "")
    if (probe.platform === "darwin") return featuresOfSysctl((yield* probe.run("sysctl", ["-a"])) ?? "")
    return untold
  })
