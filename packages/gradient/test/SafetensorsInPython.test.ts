/**
 * The safetensors files of this package against the format's own implementation: files that it wrote are read here and written again to
 * the same bytes, and Python reads what this package writes. Sharp edge: Python is there only after `npm run ci:optional`; the tests that
 * need it are shown as skipped elsewhere.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import {
  buildModel,
  float32Bytes,
  lossOf,
  type ModelSpec,
  makeTraining,
  openDevice,
  readSafetensors,
  type StoredTensor,
  saveCheckpoint,
  supervised,
  type Tensor,
  trainStep,
  weightsBytes,
  writeSafetensors
} from "../src/index.ts"
import { storedBytes, storedJson } from "./oracle/stored.ts"

/** Python with the packages `safetensors` and `numpy`. */
const python = fileURLToPath(new URL("../../../.cache/optional/python/bin/python", import.meta.url))
const hasPython = spawnSync(python, ["-c", "import numpy, safetensors"], { stdio: "ignore" }).status === 0

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="numpy") as file:
    names = list(file.keys())
    tensors = {name: file.get_tensor(name) for name in names}
    print(json.dumps({
        "metadata": file.metadata(),
        "tensors": {n: [str(t.dtype), list(t.shape), t.tobytes().hex()] for n, t in tensors.items()},
    }))
`

/** What Python finds in a file: metadata, and of each tensor the type, the shape and the bytes. */
const inPython = (bytes: Uint8Array): unknown => {
  const folder = mkdtempSync(join(tmpdir(), "safetensors-"))
  try {
    const path = join(folder, "file.safetensors")
    writeFileSync(path, bytes)
    return JSON.parse(execFileSync(python, ["-c", script, path], { encoding: "utf8", maxBuffer: 2 ** 26 }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const said = (tensors: ReadonlyArray<StoredTensor>, types: Readonly<Record<string, string>>): unknown =>
  Object.fromEntries(tensors.map(({ name, dtype, shape, bytes }) => [name, [types[dtype], shape, hex(bytes)]]))

const numpyTypes = { F32: "float32", F64: "float64", I64: "int64", U64: "uint64", I32: "int32", U8: "uint8", I8: "int8", BOOL: "bool" }

describe("a file that Python's safetensors wrote", () => {
  it.each(["operations", "networks", "updates-default"])("%s is read, and written again to the same bytes", (name) => {
    const bytes = storedBytes(`${name}.safetensors`)
    const { tensors, metadata } = readSafetensors(bytes)
    expect(tensors.length).toBeGreaterThan(50)
    expect(Buffer.compare(writeSafetensors(tensors, metadata), bytes)).toBe(0)
  })
})

describe("a file of this package in Python's safetensors", () => {
  it.skipIf(!hasPython)("has the same tensors and metadata, whatever their types, where npm run ci:optional installed it", () => {
    const tensors: ReadonlyArray<StoredTensor> = [
      { name: "b", dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 255) },
      { name: "weights/ä 日", dtype: "F32", shape: [2, 2], bytes: float32Bytes(Float32Array.of(-0, 1e-45, 3.4028234663852886e38, -1.5)) },
      { name: "count", dtype: "I64", shape: [], bytes: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255) },
      { name: "nothing", dtype: "F32", shape: [0, 4], bytes: new Uint8Array(0) },
      { name: "flag", dtype: "BOOL", shape: [1, 2], bytes: Uint8Array.of(1, 0) },
      { name: "double", dtype: "F64", shape: [1], bytes: new Uint8Array(Float64Array.of(0.1).buffer) }
    ]
    const metadata = { step: "12", 'a "quoted" key': "line\nline ä" }
    expect(inPython(writeSafetensors(tensors, metadata))).toEqual({ metadata, tensors: said(tensors, numpyTypes) })
  })

  it.skipIf(!hasPython)("has the weights of a model and the tensors of a checkpoint, where npm run ci:optional installed it", async () => {
    const device = await openDevice()
    const { cases } = storedJson<{ readonly cases: ReadonlyArray<{ readonly spec: ModelSpec }> }>("networks")
    const spec = cases.at(-1)?.spec ?? expect.fail("no network is stored")
    const chance = (stream: string) => SeedTree.root(7).child(stream).random()
    const model = buildModel(device, spec, chance)
    const stored = (prefix: string, all: ReadonlyArray<{ readonly name: string; readonly tensor: Tensor }>) =>
      all.map(({ name, tensor }) => ({
        name: `${prefix}${name}`,
        dtype: "F32" as const,
        shape: tensor.shape,
        bytes: float32Bytes(device.read(tensor))
      }))
    const weights = model.parameters.map(({ name, value }) => ({ name, tensor: value }))
    expect(weights).toHaveLength(38)
    expect(inPython(weightsBytes(model))).toEqual({ metadata: null, tensors: said(stored("", weights), numpyTypes) })

    const optimiser = { type: "momentum", momentum: 0.9, nesterov: false }
    const schedule = { type: "constant", learning_rate: 0.1 }
    const training = makeTraining({ model, optimiser, schedule, clip_norm: undefined, chance })
    const input = { kind: "tokens" as const, batch: 1, ids: Int32Array.from({ length: 10 }, (_, at) => at) }
    const target = { kind: "classes" as const, classes: Int32Array.from({ length: 10 }, (_, at) => at + 1) }
    trainStep(training, supervised(model, lossOf({ type: "cross-entropy", label_smoothing: 0 })), [{ input, target }])
    const found = inPython(saveCheckpoint(training, { random: { sampler: "state" }, counters: { epoch: 3 } }))
    const gradients = model.parameters.map(({ name, gradient }) => ({ name, tensor: gradient }))
    const all = [...stored("weights/", weights), ...stored("optimiser/", training.optimiser.state), ...stored("gradient/", gradients)]
    expect(found).toMatchObject({ metadata: { step: "1", "random/sampler": "state", "counter/epoch": "3" } })
    expect(found).toHaveProperty("tensors", said(all, numpyTypes))
  })
})
