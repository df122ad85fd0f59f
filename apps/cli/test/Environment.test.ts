/** What a machine is: the same hash for what two machines share, and every difference by its path. */
import { readFileSync, writeFileSync } from "node:fs"
import { hashOf } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { featuresOfCpuinfo, featuresOfSysctl } from "../src/machine/cpuFeatures.ts"
import { type EnvironmentFacts, environmentDifferences, environmentFacts, stableOf } from "../src/machine/environmentFacts.ts"
import { Probe, type ProbeShape } from "../src/machine/probe.ts"
import { irisProject, type Project } from "./support/project.ts"

const xeon = "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu sse sse4_1 sse4_2 avx f16c avx2 fma bmi2\nbugs\t\t: none\n"
const graviton = "processor\t: 0\nBogoMIPS\t: 2100.00\nFeatures\t: fp asimd evtstrm aes crc32\nCPU implementer\t: 0x41\n"

const machine = (more: Partial<ProbeShape> = {}, tools: Readonly<Record<string, string>> = {}): ProbeShape => ({
  platform: "linux",
  arch: "x64",
  release: "6.1.0",
  cpuModel: "A processor",
  cores: 2,
  memoryBytes: 1024,
  read: (path) => (path === "/proc/cpuinfo" ? xeon : undefined),
  run: (tool) => Effect.succeed(tools[tool]),
  ...more
})
const plugin = { name: "@lab/coder", version: "1.0.0", source: "installed", files_sha256: "a".repeat(64) }
const facts = (probe: ProbeShape, plugins = [plugin]): Promise<EnvironmentFacts> =>
  Effect.runPromise(environmentFacts(plugins).pipe(Effect.provideService(Probe, probe)))

describe("instruction sets", () => {
  it("are those that /proc/cpuinfo lists, of x86 and of ARM", () => {
    expect(featuresOfCpuinfo(xeon)).toEqual({ sse4_2: true, avx: true, avx2: true, fma: true, avx512f: false, neon: false })
    expect(featuresOfCpuinfo(graviton)).toEqual({ sse4_2: false, avx: false, avx2: false, fma: false, avx512f: false, neon: true })
    // A word that only begins with the name is another one.
    expect(featuresOfCpuinfo("flags : avx512bw fma4 sse4_1\n")).toMatchObject({ avx: false, fma: false, sse4_2: false, avx512f: false })
  })

  it("are those that sysctl lists, of Intel and of Apple", () => {
    const intel = "machdep.cpu.features: FPU SSE4.2 AVX1.0 FMA\nmachdep.cpu.leaf7_features: BMI1 AVX2\nhw.optional.avx512f: 0\n"
    expect(featuresOfSysctl(intel)).toEqual({ sse4_2: true, avx: true, avx2: true, fma: true, avx512f: false, neon: false })
    expect(featuresOfSysctl("hw.optional.neon: 1\nhw.optional.arm.AdvSIMD: 1\n")).toMatchObject({ neon: true, avx: false })
  })

  it("are not told where the system does not: that is not the same as none", () => {
    const untold = { sse4_2: null, avx: null, avx2: null, fma: null, avx512f: null, neon: null }
    expect([featuresOfCpuinfo(""), featuresOfSysctl("")]).toEqual([untold, untold])
  })
})

describe("the hash of an environment", () => {
  const tools = { gcc: "gcc (Debian) 12.2.0\nCopyright", python3: "Python 3.11.7", "nvidia-smi": "RTX 4090, 550.54\nRTX 4090, 550.54\n" }

  it("is over everything that two machines have to share, and nothing else", async () => {
    const found = await facts(machine({}, tools))
    expect(found.toolchains).toEqual({ gcc: "gcc (Debian) 12.2.0", clang: null, rustc: null, python: "Python 3.11.7" })
    expect([found.gpus, found.ffmpeg]).toEqual([["RTX 4090, 550.54", "RTX 4090, 550.54"], null])
    expect(hashOf(stableOf(found as unknown as Record<string, unknown>))).toBe(found.environment_sha256)
    expect(found.unstable.map(({ field, because }) => [field, because !== ""])).toEqual([
      ["release", true],
      ["cpu_model", true],
      ["cores", true],
      ["memory_bytes", true]
    ])
    const other = await facts(machine({ release: "6.9", cpuModel: null, cores: 64, memoryBytes: 5 }, tools))
    expect(other.environment_sha256).toBe(found.environment_sha256)
  })

  it("changes with each of those things", async () => {
    const { environment_sha256 } = await facts(machine({}, tools))
    const others = await Promise.all([
      facts(machine({ platform: "freebsd" }, tools)),
      facts(machine({ arch: "arm64" }, tools)),
      facts(machine({ read: () => graviton }, tools)),
      facts(machine({}, { ...tools, gcc: "gcc 13" })),
      facts(machine({}, { ...tools, clang: "clang 18" })),
      facts(machine({}, { ...tools, rustc: "rustc 1.95" })),
      facts(machine({}, { ...tools, python3: "Python 3.12" })),
      facts(machine({}, { ...tools, "nvidia-smi": "" })),
      facts(machine({}, { gcc: tools.gcc, python3: tools.python3 })),
      facts(machine({}, { ...tools, ffmpeg: "ffmpeg version 7" })),
      facts(machine({}, tools), [{ ...plugin, files_sha256: "b".repeat(64) }]),
      facts(machine({}, tools), [])
    ])
    expect(new Set([environment_sha256, ...others.map((each) => each.environment_sha256)]).size).toBe(13)
  })

  it("takes python where there is no python3", async () => {
    expect((await facts(machine({}, { python: "Python 3.9.0" }))).toolchains.python).toBe("Python 3.9.0")
  })
})

describe("the difference of two environments", () => {
  const differences = (a: object, b: object) => environmentDifferences(a as Record<string, unknown>, b as Record<string, unknown>)

  it("names each field by its path, plugins by their name, and nothing that is not hashed", async () => {
    const [a, b] = [
      await facts(machine({}, { gcc: "gcc 12" })),
      await facts(machine({ cores: 9, read: () => graviton, arch: "arm64" }, { gcc: "gcc 13" }), [
        { ...plugin, version: "1.1.0" },
        { ...plugin, name: "@lab/other" }
      ])
    ]
    expect(differences(a, a)).toEqual([])
    expect(differences(a, b).map(({ field }) => field)).toEqual([
      "arch",
      "cpu.avx",
      "cpu.avx2",
      "cpu.fma",
      "cpu.neon",
      "cpu.sse4_2",
      "plugins.@lab/coder.version",
      "plugins.@lab/other",
      "toolchains.gcc"
    ])
    expect(differences(a, b).at(-1)).toEqual({ field: "toolchains.gcc", a: "gcc 12", b: "gcc 13" })
    expect(differences(a, b).at(-2)).toMatchObject({ a: null, b: { name: "@lab/other" } })
  })
})

describe("env and doctor", () => {
  let project: Project
  beforeAll(async () => {
    project = await irisProject("1")
  })
  afterAll(() => project.close())

  it("give the same hash twice, with the versions that this process has", async () => {
    const one = await project.data<EnvironmentFacts>("env", "--out", "a.json")
    const two = await project.data<EnvironmentFacts>("env", "--out", "b.json")
    expect(one.environment_sha256).toBe(two.environment_sha256)
    expect([one.node, one.platform, one.arch]).toEqual([process.versions.node, process.platform, process.arch])
    expect(one.plugins.length).toBe(6)
    expect(await project.data("env", "diff", "a.json", "b.json")).toEqual({
      a: one.environment_sha256,
      b: one.environment_sha256,
      same: true,
      differences: []
    })
  })

  it("say with exit code 4 in what two environments differ, and refuse one that was edited or is none", async () => {
    const document = JSON.parse(project.read("a.json")) as { data: Record<string, unknown> & { toolchains: Record<string, unknown> } }
    const data = { ...document.data, toolchains: { ...document.data.toolchains, gcc: "gcc 1.0" } }
    project.write("edited.json", JSON.stringify({ ...document, data }))
    project.write("other.json", JSON.stringify({ ...document, data: { ...data, environment_sha256: hashOf(stableOf(data)) } }))
    const differs = await project.ftr("env", "diff", "a.json", "other.json", "--json")
    expect([differs.code, JSON.parse(differs.stdout).data.differences]).toEqual([
      4,
      [{ field: "toolchains.gcc", a: document.data.toolchains.gcc, b: "gcc 1.0" }]
    ])
    expect(differs.stderr).toContain("FT3420")
    const edited = await project.ftr("env", "diff", "a.json", "edited.json")
    expect([edited.code, edited.stderr.includes("FT3422")]).toEqual([6, true])
    for (const name of ["iris.csv", "x.run.toml"]) {
      const none = await project.ftr("env", "diff", "a.json", name)
      expect([none.code, none.stderr.includes("FT3421")]).toEqual([3, true])
    }
  })

  it("check project, plugins, engine, store, chronicle and disk; what is missing has a way out and exit code 7, in one document", async () => {
    const checks = await project.data<ReadonlyArray<{ check: string; ok: boolean; detail: string }>>("doctor")
    expect(checks.map(({ check }) => check).slice(0, 8)).toEqual([
      "Node",
      "project",
      "plugins",
      "engine",
      "store",
      "chronicle",
      "disk",
      "temporary files"
    ])
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks[3]?.detail).toContain("embedded")
    const file = project.path("feagi-trainer.toml")
    const before = readFileSync(file, "utf8")
    writeFileSync(file, before.replace("./plugins/adapter-csv", "./plugins/adapter-lost"))
    const failed = await project.ftr("doctor", "--json")
    writeFileSync(file, before)
    expect(failed.code).toBe(7)
    const document = JSON.parse(failed.stdout) as { kind: string; data: ReadonlyArray<{ check: string; ok: boolean; help: string }> }
    expect(document.kind).toBe("doctor")
    expect(document.data.filter(({ ok }) => !ok).map(({ check }) => check)).toContain("plugins")
    expect(document.data.find(({ check }) => check === "plugins")?.help).not.toBe("")
    expect(failed.stderr).toContain("[FT1401]")
  })
})
