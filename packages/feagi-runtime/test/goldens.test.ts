/**
 * The crates' own coders, containers, ids and neurons through the module, compared with answers that a Rust program got from
 * the same crates natively. Numbers are compared bit for bit; nothing here knows how a coder works.
 */
import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { CoderSession, type CoderVoxels, EngineError, type EngineModule, EngineTools } from "../src/index.ts"
import { bytesOfHex, hexOf } from "../src/Text.ts"
import { engine } from "./support/brains.ts"

type Json = Readonly<Record<string, unknown>>
interface Written {
  readonly channel: number
  readonly value: unknown
  readonly error: string | null
}
interface Step {
  readonly write: ReadonlyArray<Written>
  readonly voxels: Readonly<Record<string, CoderVoxels>>
  readonly callbacks: unknown
  readonly bytes?: string | null
  readonly byte_len: number
  readonly error?: string | null
}
interface CoderCase {
  readonly id: string
  readonly unit: string
  readonly unit_index?: number
  readonly channels: number
  readonly channel_index_override?: ReadonlyArray<number | null>
  readonly io_configuration_flags: Json
  readonly encoder?: Json | string
  readonly decoder?: Json | string
  readonly setup_error: string | null
  readonly steps: ReadonlyArray<Step>
}

const golden = <A>(name: string): A => JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), "utf8")) as A

/** Keys sorted, so that two JSON values can be compared as texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner
  )

/** The error's words, or the value. */
const attempt = <A>(work: () => A): { readonly value: A } | { readonly error: EngineError } => {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof EngineError) return { error }
    throw error
  }
}

const property = (value: unknown, key: string): unknown => (value !== null && typeof value === "object" ? (value as Json)[key] : undefined)

const configuration = (one: CoderCase, side: "input" | "output") => {
  const coder = one.encoder ?? one.decoder
  const group = one.unit_index ?? 0
  const registered = property(coder, "registered")
  if (registered !== undefined) {
    const flags = one.io_configuration_flags
    const positioning = flags.percentage_neuron_positioning
    const common = { unit: one.unit, group, channels: one.channels, frame_change_handling: flags.frame_change_handling, positioning }
    return { register: [{ ...common, ...(registered as Json) }] }
  }
  const device = (channel: number) => ({
    friendly_name: null,
    device_properties: {},
    channel_index_override: one.channel_index_override?.[channel] ?? null,
    pipeline_stages: []
  })
  const unit = {
    friendly_name: null,
    cortical_unit_index: group,
    io_configuration_flags: one.io_configuration_flags,
    device_grouping: Array.from({ length: one.channels }, (_, channel) => device(channel))
  }
  const definitions = { [one.unit]: [[unit, coder]] }
  return {
    config: {
      input_units_and_encoder_properties: side === "input" ? definitions : {},
      output_units_and_decoder_properties: side === "output" ? definitions : {},
      feedbacks: { registered_feedbacks: [] }
    }
  }
}

let module: EngineModule
let tools: EngineTools
beforeAll(async () => {
  module = await engine()
  tools = new EngineTools(module)
})

/** Differences of one case, each a line; none is what a test wants. */
const encoderDifferences = (one: CoderCase): ReadonlyArray<string> => {
  const opened = attempt(() => CoderSession.open(module, configuration(one, "input")))
  if ("error" in opened) return opened.error.message === one.setup_error ? [] : [`${one.id}: setup ${opened.error.message}`]
  if (one.setup_error !== null) return [`${one.id}: setup passed`]
  const session = opened.value
  const found: Array<string> = []
  for (const [number, step] of one.steps.entries()) {
    const say = (what: string) => found.push(`${one.id} step ${number}: ${what}`)
    for (const { channel, value, error } of step.write) {
      const properties = property(one.encoder, "AudioSpectrum")
      const written = attempt(() => session.write(one.unit, one.unit_index ?? 0, channel, value, properties))
      const words = "error" in written ? written.error.message : null
      if (words !== error) say(`write said ${words}`)
    }
    const encoded = attempt(() => session.encode())
    if ("error" in encoded) {
      if (encoded.error.message !== step.error) say(`encode said ${encoded.error.message}`)
      continue
    }
    if (step.error != null) say("encode passed")
    if (canonical(encoded.value) !== canonical(step.voxels)) say("voxels differ")
    const bytes = session.bytes()
    if (bytes.length !== step.byte_len) say(`${bytes.length} bytes`)
    if (step.bytes != null && hexOf(bytes) !== step.bytes) say("bytes differ")
  }
  return found
}

const decoderDifferences = (one: CoderCase, asBytes: boolean): ReadonlyArray<string> => {
  const opened = attempt(() => CoderSession.open(module, configuration(one, "output")))
  if ("error" in opened) return opened.error.message === one.setup_error ? [] : [`${one.id}: setup ${opened.error.message}`]
  if (one.setup_error !== null) return [`${one.id}: setup passed`]
  const session = opened.value
  const found: Array<string> = []
  for (const [number, step] of one.steps.entries()) {
    const say = (what: string) => found.push(`${one.id} step ${number}: ${what}`)
    const { bytes } = step
    const decoded = attempt(() => (asBytes && bytes != null ? session.decodeBytes(bytesOfHex(bytes)) : session.decodeVoxels(step.voxels)))
    if ("error" in decoded) {
      const { error } = decoded
      const panic = step.error?.startsWith("PANIC: ") === true ? step.error.slice("PANIC: ".length) : undefined
      const same = panic === undefined ? error.message === step.error : error.kind === "trap" && error.message.includes(panic)
      if (!same) say(`decode said ${error.message}`)
      // A session that trapped is dead; the recorded panics are the last steps of their cases.
      if (error.kind === "trap") break
      continue
    }
    if (step.error != null) say("decode passed")
    const callbacks = decoded.value.map(({ channel, value }) => ({ channel, value }))
    if (canonical(callbacks) !== canonical(step.callbacks)) say("decoded values differ")
  }
  return found
}

describe("the golden answers of the crates", () => {
  it("encoders: 141 configurations give the same voxels, bytes and errors", () => {
    const { cases } = golden<{ readonly cases: ReadonlyArray<CoderCase> }>("encoders")
    expect(cases.length).toBe(141)
    expect(cases.flatMap(encoderDifferences)).toEqual([])
  })

  it("decoders: 87 configurations give the same values from voxels and from bytes", () => {
    const { cases } = golden<{ readonly cases: ReadonlyArray<CoderCase> }>("decoders")
    expect(cases.length).toBe(87)
    expect(cases.flatMap((one) => [...decoderDifferences(one, false), ...decoderDifferences(one, true)])).toEqual([])
  })

  it("a wrong golden answer is found", () => {
    const { cases } = golden<{ readonly cases: ReadonlyArray<CoderCase> }>("encoders")
    const one = cases.find(({ setup_error, steps }) => setup_error === null && steps[0]?.bytes != null)
    if (one === undefined) throw new Error("no case with bytes")
    const steps = one.steps.map((step) => ({ ...step, voxels: { ...step.voxels, extra: { x: [], y: [], z: [], p: [] } } }))
    expect(encoderDifferences({ ...one, steps }).length).toBe(steps.filter(({ error }) => error == null).length)
  })

  it("cortical ids: 417 ids of all units and flags, core ids, the table of units", () => {
    interface IdCase {
      readonly base64: string
      readonly hex: string
      readonly u64_be: string
      readonly flag: string
      readonly direction: string
      readonly unit: string
      readonly unit_index: number
      readonly sub_unit_index: number
      readonly parsed_sub_unit_index: number
      readonly parsed_unit_index: number
      readonly io_configuration_flags: Json
    }
    const { cases, core, units } = golden<{
      readonly cases: ReadonlyArray<IdCase>
      readonly core: unknown
      readonly units: ReadonlyArray<Json>
    }>("cortical_ids")
    expect(cases.length).toBe(417)
    const wrong = cases.filter((one) => {
      const { direction, unit, unit_index: group, io_configuration_flags: flags } = one
      const ids = tools.corticalIds({ direction, unit, group, flags }) as ReadonlyArray<Json>
      const parsed = tools.corticalId({ base64: one.base64 })
      const wanted = {
        base64: one.base64,
        hex: one.hex,
        u64: one.u64_be,
        flag: one.flag,
        subUnit: one.parsed_sub_unit_index,
        group: one.parsed_unit_index
      }
      return canonical(ids[one.sub_unit_index]) !== canonical(wanted) || canonical(parsed) !== canonical(wanted)
    })
    expect(wrong).toEqual([])
    expect(canonical(tools.coreIds())).toBe(canonical(core))
    const byUnit = (rows: ReadonlyArray<Json>) => canonical([...rows].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)))
    expect(byUnit(tools.units() as ReadonlyArray<Json>)).toBe(byUnit(units))
  })

  it("byte containers: 43 round trips, malformed bytes and ids in texts", () => {
    interface ContainerCase {
      readonly id: string
      readonly kind: string
      readonly agent_hex: string
      readonly area_order_random: boolean
      readonly increment: number
      readonly decoded: ReadonlyArray<Json>
      readonly decoded_increment: number
      readonly new_empty_bytes: string
      readonly byte_len: number
      readonly bytes: string
      readonly bytes_any_of: ReadonlyArray<string>
      readonly error: string | null
      readonly ok_types: ReadonlyArray<number> | null
      readonly text: string
      readonly hex?: string
    }
    const { cases } = golden<{ readonly cases: ReadonlyArray<ContainerCase> }>("byte_container")
    expect(cases.length).toBe(43)
    const found: Array<string> = []
    for (const one of cases) {
      const check = (same: boolean, what: string) => same || found.push(`${one.id}: ${what}`)
      if (one.kind === "round_trip") {
        // JSON texts of the vectors hold integers that JavaScript numbers do not; they go through as text.
        const structures = one.decoded.map((structure) =>
          structure.type === 1 ? { jsonText: structure.json_text } : { voxels: structure.voxels }
        )
        const made = tools.containerWrite({ agent: one.agent_hex, increment: one.increment, structures }) as Json
        const possible = one.area_order_random ? one.bytes_any_of : [one.bytes]
        check(possible.includes(String(made.bytes)), "bytes differ")
        check(String(made.bytes).length === 2 * one.byte_len, "length differs")
        check(made.empty === one.new_empty_bytes, "an empty container differs")
        const read = tools.containerRead({ bytes: made.bytes }) as Json
        check(canonical(read.structures) === canonical(one.decoded), "structures differ")
        check(read.increment === one.decoded_increment && read.agent === one.agent_hex, "header differs")
      } else if (one.kind === "malformed") {
        const read = attempt(() => tools.containerRead({ bytes: one.bytes }) as { readonly structures: ReadonlyArray<Json> })
        if ("error" in read) check(read.error.message === one.error, `said ${read.error.message}`)
        else check(canonical(read.value.structures.map((structure) => structure.type)) === canonical(one.ok_types), "types differ")
      } else {
        const request = one.kind === "cortical_id_base64" ? { base64: one.text } : { legacy: one.text }
        const read = attempt(() => tools.corticalId(request) as Json)
        if ("error" in read) check(read.error.message === one.error, `said ${read.error.message}`)
        else check(one.error === null && (one.hex === undefined || read.value.hex === one.hex), "id differs")
      }
    }
    expect(found).toEqual([])
  })

  it("scalar codecs: 220 text tokens, class potentials, percentages and single voxels", () => {
    const { cases } = golden<{ readonly cases: ReadonlyArray<Json> }>("scalar_codecs")
    expect(cases.length).toBe(220)
    const area = (code: string, kind: number, fractional: boolean) => ({ code, kind, fractional })
    const areas: Readonly<Record<string, ReturnType<typeof area>>> = {
      inf: area("iinf", 1, false),
      "inf-frac": area("iinf", 1, true),
      mot: area("omot", 5, false),
      img: area("iimg", 9, false),
      mis: area("omis", 10, false),
      pos: area("opos", 11, false)
    }
    const idOf = (name: string): string => {
      const { code, kind, fractional } = areas[name] ?? area("", 0, false)
      const bytes = [...code].map((letter) => letter.charCodeAt(0)).concat([kind, fractional ? 2 : 0, 0, 0])
      return btoa(String.fromCharCode(...bytes))
    }
    const wrong: Array<unknown> = []
    for (const one of cases) {
      const answer = attempt(() => tools.scalar({ ...one, id: idOf(String(one.area)) }) as Json)
      const words = "error" in answer ? { error: answer.error.message } : answer.value
      const same = Object.entries(words).every(([key, value]) => canonical(value) === canonical(one[key]))
      const refused = "error" in answer === (one.codec !== "single_voxel" && one.error != null)
      if (!same || !refused) wrong.push({ one, words })
    }
    expect(wrong).toEqual([])
  })

  it("registrations: the export of 21 units comes back unchanged through import and export", () => {
    interface RegistrationCase {
      readonly unit: string
      readonly export: Json
      readonly reimport_error: string | null
    }
    const { cases } = golden<{ readonly cases: ReadonlyArray<RegistrationCase> }>("registrations")
    expect(cases.length).toBe(21)
    const wrong = cases.filter((one) => {
      const opened = attempt(() => CoderSession.open(module, { config: one.export }))
      if ("error" in opened) return opened.error.message !== one.reimport_error
      return one.reimport_error !== null || canonical(opened.value.registrations()) !== canonical(one.export)
    })
    expect(wrong.map(({ unit }) => unit)).toEqual([])
  })

  it("neurons: 78 traces, 8 fan-outs, the excitability numbers and the leak, burst for burst", () => {
    interface Trace {
      readonly id: string
      readonly bursts: ReadonlyArray<Json>
    }
    const {
      single,
      fan,
      random,
      leak_retention: leaks
    } = golden<{
      readonly single: ReadonlyArray<Trace & Json>
      readonly fan: ReadonlyArray<Trace & Json>
      readonly random: ReadonlyArray<Json>
      readonly leak_retention: ReadonlyArray<Json>
    }>("neuron_dynamics")
    expect([single.length, fan.length, random.length, leaks.length]).toEqual([78, 8, 48, 63])
    const traces = single.filter((one) => {
      const inputs = one.bursts.map((burst) => burst.in)
      const answer = tools.neuron({ precision: one.precision, params: one.params, inputs })
      return canonical(answer) !== canonical(one.bursts)
    })
    expect(traces.map(({ id }) => id)).toEqual([])
    const fans = fan.filter((one) => {
      const inputs = one.bursts.map((burst) => burst.in_source)
      return canonical(tools.fan({ ...one, inputs })) !== canonical(one.bursts)
    })
    expect(fans.map(({ id }) => id)).toEqual([])
    expect(random.filter((one) => canonical({ ...one, ...(tools.excitabilityRandom(one) as Json) }) !== canonical(one))).toEqual([])
    expect(leaks.filter((one) => tools.leakRetention(one) !== (one.retention === "inf" ? "Infinity" : one.retention))).toEqual([])
  })
})
