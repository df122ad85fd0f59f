/**
 * A stand-in for an engine: the REST calls and the wire of feagi-core 2.6.10 on loopback, with the real engine's module behind them. It is
 * there to go wrong on command; what it says when nothing goes wrong is held against the real one elsewhere.
 */
import { Buffer } from "node:buffer"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Brain, type EngineModule, EngineTools, type Target, type Voxel } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { loadedEngine } from "../../src/Engine.ts"
import { randomStream } from "../../src/RandomStream.ts"
import { socketServer } from "./SocketServer.ts"

type Json = Readonly<Record<string, unknown>>

/** What goes wrong. A path that is not named does what the engine does. */
export interface Faults {
  /** Instead of the answer to a path: nothing at all, text that is no JSON, an error status, or this value. */
  readonly rest: Map<string, "silence" | "garbage" | "refuse" | { readonly answer: unknown }>
  /** Instead of the reply to a control message, by its first key. */
  readonly control: Map<string, "silence" | Uint8Array>
  motor: "ok" | "silence" | "garbage"
  /** `late`: the next frame with a potential above 0 comes behind the burst that it was sent for. */
  sensory: "ok" | "deaf" | "late"
  /** Bursts that a start makes. */
  burstsPerStart: number
}

export interface FakeEngine {
  readonly api: string
  readonly faults: Faults
  /** `METHOD path` of every REST call, in order. */
  readonly calls: Array<string>
  readonly agents: () => number
  /** Open sockets of all three kinds. */
  readonly sockets: () => number
  readonly bursts: () => number
  /** Seconds from burst to burst. */
  readonly period: () => number
  /** As if another trainer had loaded a brain. */
  readonly loadAnother: () => void
  /** As if the process had been started anew. */
  readonly restart: () => void
  readonly die: () => Promise<void>
}

interface Neuron {
  readonly area: string
  readonly voxel: Voxel
}

const AGENT = Buffer.alloc(48, 7)
const ok = { message: "done" }

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Array<Buffer> = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** The file in a multipart form. */
const fileIn = (form: Buffer): Buffer => {
  const from = form.indexOf("\r\n\r\n") + 4
  const boundary = form.subarray(0, form.indexOf("\r\n"))
  return form.subarray(from, form.indexOf(boundary, from) - 2)
}

class FakeBrain {
  readonly #brain: Brain
  readonly neurons: ReadonlyArray<Neuron>
  #show: ReadonlyArray<Target> = []
  #force: ReadonlyArray<Target> = []

  constructor(module: EngineModule, genome: string) {
    this.#brain = Brain.develop(module, {
      genome,
      random: randomStream(new Uint8Array(32)),
      budget: { voxels: 10_000, synapses: 10_000 },
      reliesOn: []
    })
    this.neurons = this.#brain.info().areas.flatMap(({ id, dims: [width, height, depth] }) =>
      Array.from({ length: width * height * depth }, (_, i): Neuron => {
        const voxel: Voxel = [Math.floor(i / (height * depth)), Math.floor(i / depth) % height, i % depth]
        return { area: id, voxel }
      })
    )
  }

  get info() {
    return this.#brain.info()
  }

  show(targets: ReadonlyArray<Target>): void {
    this.#show = targets.map(({ area, voxels }) => ({ area, voxels: voxels.filter(([, , , p = 1]) => p > 0) }))
  }

  force(targets: ReadonlyArray<Target>): void {
    this.#force = [...this.#force, ...targets]
  }

  freeze(on: boolean): void {
    this.#brain.freeze(on)
  }

  burst(): Readonly<Record<string, unknown>> {
    const events = [...this.#show, ...this.#force].filter(({ voxels }) => voxels.length > 0).map((force) => ({ offset: 0, force }))
    if (events.length > 0) this.#brain.feedback(events)
    else this.#brain.rest(1)
    this.#show = []
    this.#force = []
    const fired: Record<string, { x: Array<number>; y: Array<number>; z: Array<number>; p: Array<number> }> = {}
    for (const { area, x, y, z, potential } of this.#brain.fired()) {
      if (!Buffer.from(area, "base64").toString("latin1").startsWith("o")) continue
      const columns = fired[area] ?? { x: [], y: [], z: [], p: [] }
      fired[area] = columns
      columns.x.push(x)
      columns.y.push(y)
      columns.z.push(z)
      columns.p.push(potential)
    }
    return fired
  }

  areas(): Json {
    const entries = this.info.areas.map(({ id, name, dims, neurons }) => [
      id,
      {
        cortical_name: name,
        cortical_dimensions: dims,
        neuron_count: neurons,
        neurons_per_voxel: 1,
        neuron_fire_threshold: 1,
        neuron_excitability: 100,
        neuron_leak_coefficient: 0,
        neuron_refractory_period: 0,
        neuron_snooze_period: 0,
        neuron_consecutive_fire_count: 0,
        neuron_mp_charge_accumulation: false,
        neuron_mp_driven_psp: false,
        neuron_post_synaptic_potential: 1
      }
    ])
    return Object.fromEntries(entries)
  }

  idOf(area: string, [x, y, z]: Iterable<number>): number {
    return this.neurons.findIndex(({ area: own, voxel }) => own === area && voxel[0] === x && voxel[1] === y && voxel[2] === z)
  }

  synapses(area: string): ReadonlyArray<unknown> {
    return this.info.mappings
      .filter(({ from }) => from === area)
      .flatMap(({ from, to }) => {
        const { count, source, target, weight, potential, inhibitory } = this.#brain.weights(from, to)
        return Array.from({ length: count }, (_, i) => ({
          source_neuron_id: this.idOf(from, source.subarray(3 * i, 3 * i + 3)),
          target_neuron_id: this.idOf(to, target.subarray(3 * i, 3 * i + 3)),
          weight: weight[i],
          postsynaptic_potential: potential[i],
          synapse_type: inhibitory[i]
        }))
      })
  }

  save(): Uint8Array {
    return this.#brain.checkpoint()
  }

  restore(bytes: Uint8Array): void {
    this.#brain.restore(bytes)
  }
}

/** Starts a stand-in; whoever starts it calls `die` in the end. */
export const fakeEngine = async (): Promise<FakeEngine> => {
  const { module } = await Effect.runPromise(loadedEngine)
  const tools = new EngineTools(module)
  const faults: Faults = { rest: new Map(), control: new Map(), motor: "ok", sensory: "ok", burstsPerStart: 1 }
  const calls: Array<string> = []
  let brain: FakeBrain | undefined
  let session = 1
  let genomes = 0
  let counter = 0
  let frames = 0
  let taken = 0
  let total = 0
  let pending = 0
  let timestep = 1
  let active = false
  let late: (() => void) | undefined
  let agents = 0
  let clock: ReturnType<typeof setTimeout> | undefined
  let touched = 0

  const write = (structure: Json, increment = 0): Buffer => {
    const request = { agent: AGENT.toString("hex"), increment, structures: [structure] }
    return Buffer.from((tools.containerWrite(request) as { readonly bytes: string }).bytes, "hex")
  }
  const read = (
    message: Buffer
  ): { readonly json_text?: string; readonly voxels?: Record<string, Record<"x" | "y" | "z" | "p", Array<number>>> } => {
    const { structures } = tools.containerRead({ bytes: message.toString("hex") }) as { readonly structures: ReadonlyArray<Json> }
    return structures[0] ?? {}
  }

  const sensory = await socketServer((message) => {
    touched += 1
    const { voxels } = read(message)
    if (voxels === undefined || faults.sensory === "deaf") return
    const targets = Object.entries(voxels).map(([area, { x, y, z, p }]): Target => {
      return { area, voxels: x.map((_, i): Voxel => [x[i] ?? 0, y[i] ?? 0, z[i] ?? 0, p[i] ?? 0]) }
    })
    const take = (): void => {
      pending = targets.reduce((sum, target) => sum + target.voxels.length, 0)
      brain?.show(targets)
    }
    if (faults.sensory === "ok" || targets.every((target) => target.voxels.every(([, , , p]) => p === 0))) return take()
    faults.sensory = "ok"
    late = take
  })
  const motor = await socketServer(() => {})
  const control = await socketServer((message, reply) => {
    const text = read(message).json_text ?? "null"
    const said = JSON.parse(text) as string | Json
    const registration = typeof said === "string" ? undefined : (said.agent_registration as Json | undefined)
    const key = typeof said === "string" ? said : (Object.keys(registration ?? said)[0] ?? "")
    const fault = faults.control.get(key)
    if (fault === "silence") return
    if (fault !== undefined) return reply(fault)
    if (key === "client_request_registration") {
      agents += 1
      const endpoints = {
        send_sensor_data: { WebSocket: { url: sensory.url } },
        receive_motor_data: { WebSocket: { url: motor.url } }
      }
      const success = [AGENT.toString("base64"), endpoints]
      return reply(write({ jsonText: JSON.stringify({ agent_registration: { server_responds_registration: { success } } }) }))
    }
    if (key === "client_request_deregistration") {
      agents = 0
      return reply(write({ jsonText: '{"agent_registration":{"server_responds_deregistration":"success"}}' }))
    }
    reply(write({ jsonText: '"heart_beat"' }))
  })

  const burst = (): void => {
    if (brain === undefined) return
    if (pending > 0) {
      taken += 1
      total = pending
      pending = 0
    }
    counter += 1
    frames += 1
    const fired = brain.burst()
    if (faults.motor === "garbage") motor.broadcast(Buffer.from("no container"))
    else if (faults.motor === "ok") motor.broadcast(write({ voxels: fired }, frames % 65_536))
    late?.()
    late = undefined
  }
  /**
   * By itself this engine makes a burst after every period in which nobody said anything, so that on a busy machine no input comes a burst
   * late. What came while the process stood still is heard before the two immediates.
   */
  const tick = (): void => {
    const before = touched
    const later = (): void => {
      if (!active || timestep >= 1) return
      if (touched === before) burst()
      tick()
    }
    clock = setTimeout(() => setImmediate(() => setImmediate(later)), timestep * 1000)
  }
  const start = (): void => {
    active = true
    frames = 0
    setImmediate(() => {
      for (let i = 0; i < faults.burstsPerStart; i++) burst()
    })
    if (timestep < 1) tick()
  }
  const stop = (): void => {
    active = false
    clearTimeout(clock)
  }
  const develop = (genome: string): void => {
    brain = new FakeBrain(module, genome)
    genomes += 1
    counter = 0
    agents = 0
  }

  const stimulate = (payload: Readonly<Record<string, ReadonlyArray<readonly [number, number, number]>>>): Json => {
    const known = new Set(brain?.info.areas.map(({ id }) => id))
    const failed = Object.keys(payload).filter((area) => !known.has(area))
    const targets = Object.entries(payload).filter(([area]) => known.has(area))
    const requested = Object.values(payload).reduce((sum, voxels) => sum + voxels.length, 0)
    const matched = targets.flatMap(([area, voxels]) => voxels.filter((voxel) => (brain?.idOf(area, voxel) ?? -1) >= 0)).length
    if (failed.length === 0 && matched === requested) brain?.force(targets.map(([area, voxels]) => ({ area, voxels })))
    return { success: matched === requested, requested_coordinates: requested, matched_coordinates: matched, failed_areas: failed }
  }

  const last = (path: string): string => decodeURIComponent(path.split("/").at(-2) ?? "")

  const answer = async (method: string, path: string, body: Buffer): Promise<unknown> => {
    const json = (): Json => JSON.parse(body.toString()) as Json
    const call = `${method} ${path}`
    switch (call) {
      case "GET /v1/system/health_check":
        return { feagi_session: session, genome_num: genomes === 0 ? null : genomes, neuron_count: 0 }
      case "GET /v1/system/versions":
        return { feagi: "0.0.67", feagi_npu_burst_engine: "0.0.49", build_timestamp: "-" }
      case "GET /v1/network/connection_info":
        return {
          zmq: { endpoints: { registration: "tcp://127.0.0.1:1" } },
          websocket: { enabled: true, endpoints: { registration: control.url } }
        }
      case "GET /v1/agent/list":
        return Array.from({ length: agents }, () => AGENT.toString("base64"))
      case "POST /v1/burst_engine/stop":
        stop()
        return ok
      case "POST /v1/burst_engine/start":
        start()
        return ok
      case "GET /v1/burst_engine/status":
        return { active }
      case "GET /v1/burst_engine/burst_counter":
        return counter
      case "POST /v1/burst_engine/simulation_timestep":
        timestep = Number(json().simulation_timestep)
        return ok
      case "POST /v1/genome/upload":
        develop(body.toString())
        return { success: true }
      case "POST /v1/cortical_mapping/mapping_properties":
        return [{ morphology_id: "all_to_all", plasticity_flag: true, synaptic_delay_bursts: 1 }]
      case "PUT /v1/cortical_mapping/mapping_properties":
        brain?.freeze((json().mapping_string as ReadonlyArray<Json>).some(({ plasticity_flag }) => plasticity_flag === false))
        return ok
      case "GET /v1/connectome/cortical_areas/list/detailed":
        return brain?.areas()
      case "POST /v1/agent/manual_stimulation":
        return stimulate(json().stimulation_payload as Parameters<typeof stimulate>[0])
      case "GET /v1/input/sensor_snapshot/last":
        return { timestamp_ms: taken, total_neurons: total }
      case "PUT /v1/cortical_area/reset":
        return ok
      case "GET /v1/connectome/download-bytes?mode=full":
        return brain === undefined ? undefined : Buffer.concat([Buffer.from(Uint32Array.of(counter).buffer), brain.save()])
      case "POST /v1/connectome/upload": {
        const file = fileIn(body)
        brain?.restore(file.subarray(4))
        // As the engine does: the file brings its burst counter and the genome's period.
        counter = file.readUInt32LE(0)
        timestep = 0.025
        genomes += 1
        return ok
      }
    }
    if (path.endsWith("/neurons")) return brain?.neurons.flatMap(({ area }, id) => (area === last(path) ? [id] : []))
    if (path.endsWith("/synapses")) return brain?.synapses(last(path))
    const place = brain?.neurons[Number(last(path))]?.voxel
    if (path.endsWith("/properties") && place !== undefined) return { x: place[0], y: place[1], z: place[2] }
    return undefined
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "" } = request
    touched += 1
    const body = await bodyOf(request)
    touched += 1
    calls.push(`${method} ${path}`)
    const fault = faults.rest.get(path)
    if (fault === "silence") return
    if (fault === "garbage") return void response.end("<html>not an engine</html>")
    if (fault === "refuse") return void response.writeHead(500).end('{"code":500,"message":"out of cheese"}')
    const said = fault === undefined ? await answer(method, path, body) : fault.answer
    if (said === undefined) return void response.writeHead(404).end("404 Not Found")
    response.end(said instanceof Uint8Array ? said : JSON.stringify(said))
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      response.writeHead(400).end(JSON.stringify({ code: 400, message: error instanceof Error ? error.message : String(error) }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))

  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calls,
    agents: () => agents,
    sockets: () => control.count() + sensory.count() + motor.count(),
    bursts: () => counter,
    period: () => timestep,
    loadAnother: () => {
      genomes += 1
    },
    restart: () => {
      session += 1
    },
    die: async () => {
      stop()
      await Promise.all([control.close(), sensory.close(), motor.close()])
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    }
  }
}
