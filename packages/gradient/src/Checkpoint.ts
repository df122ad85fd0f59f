/**
 * A checkpoint: one safetensors file with all that a training needs to go on as if it had never stopped. Tensors are named `weights/…`,
 * `optimiser/…` and, once a step was done, `gradient/…`; counters and states of generators are texts in the metadata.
 *
 * Sharp edges: a checkpoint fits one description of model, optimiser, schedule and clipping, and is refused by any other; a refused file
 * leaves the training as it was. The file does not say which kernel module wrote it beyond recording its hash: the caller compares.
 */
import type { Device } from "./Device.ts"
import { type ExpectedTensor, float32Bytes, float32Values, readSafetensors, type StoredTensor, writeSafetensors } from "./Safetensors.ts"
import type { Tensor } from "./Tensor.ts"
import type { Training } from "./TrainStep.ts"

/** What the caller keeps beside the training: states of generators (`Random.state()`), and counters such as the epoch. */
export interface CheckpointExtras {
  readonly random: Readonly<Record<string, string>>
  /** Safe integers. */
  readonly counters: Readonly<Record<string, number>>
}

/** What a checkpoint gave back. */
export interface Restored extends CheckpointExtras {
  /** Optimiser steps done. */
  readonly step: number
  /** SHA-256 of the kernel module that the checkpoint was written with. */
  readonly module_sha256: string
}

/** A file that is no checkpoint of this training: every difference. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError"
  readonly problems: ReadonlyArray<string>

  constructor(problems: ReadonlyArray<string>) {
    super(`this checkpoint cannot be restored:\n${problems.map((problem) => `  ${problem}`).join("\n")}`)
    this.problems = problems
  }
}

const format = "feagi-trainer/checkpoint"
const version = "1"

interface Place {
  readonly name: string
  readonly tensor: Tensor
}

/** Every tensor of a checkpoint and where it lives. */
const places = ({ parameters, optimiser, former }: Training, withGradient: boolean): ReadonlyArray<Place> => [
  ...parameters.map(({ name, value }) => ({ name: `weights/${name}`, tensor: value })),
  ...optimiser.state.map(({ name, tensor }) => ({ name: `optimiser/${name}`, tensor })),
  ...(withGradient
    ? parameters.flatMap(({ name }, at) => {
        const tensor = former.tensors[at]
        return tensor === undefined ? [] : [{ name: `gradient/${name}`, tensor }]
      })
    : [])
]

const stored = (device: Device, { name, tensor }: Place): StoredTensor => ({
  name,
  dtype: "F32",
  shape: tensor.shape,
  bytes: float32Bytes(device.read(tensor))
})

const prefixed = (prefix: string, entries: ReadonlyArray<readonly [string, string]>): ReadonlyArray<readonly [string, string]> =>
  entries.map(([key, value]) => [`${prefix}/${key}`, value])

/**
 * The training as a file: the same state gives the same bytes. Throws `RangeError` on a counter that is no safe integer, and where a weight
 * is NaN or infinite.
 */
export const saveCheckpoint = (training: Training, extras: CheckpointExtras): Uint8Array => {
  const wrong = Object.entries(extras.counters).find(([, value]) => !Number.isSafeInteger(value))
  if (wrong !== undefined) throw new RangeError(`the counter "${wrong[0]}" has to be a safe integer, not ${wrong[1]}`)
  const counters = Object.entries(extras.counters).map(([key, value]) => [key, String(value)] as const)
  const metadata = Object.fromEntries([
    ["format", format],
    ["version", version],
    ["step", String(training.step)],
    ["module_sha256", training.device.module_sha256],
    ...prefixed("sha256", Object.entries(training.hashes)),
    ...prefixed("random", Object.entries(extras.random)),
    ...prefixed("counter", counters)
  ])
  const all = places(training, training.former.norm !== undefined)
  return writeSafetensors(
    all.map((place) => stored(training.device, place)),
    metadata
  )
}

type Metadata = Readonly<Record<string, string>>

const whole = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^(0|-?[1-9][0-9]{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

const metadataProblems = (metadata: Metadata, training: Training): ReadonlyArray<string> => {
  if (metadata.format !== format) {
    return [`metadata "format": expected "${format}", found ${JSON.stringify(metadata.format)}; is it a file of weights alone?`]
  }
  if (metadata.version !== version) {
    return [`metadata "version": expected "${version}", found ${JSON.stringify(metadata.version)}; read it with the release that wrote it`]
  }
  const problems: Array<string> = []
  const step = whole(metadata.step)
  if (step === undefined || step < 0) {
    problems.push(`metadata "step": expected a count of steps, found ${JSON.stringify(metadata.step)}`)
  }
  for (const [part, expected] of Object.entries(training.hashes)) {
    const found = metadata[`sha256/${part}`]
    if (found !== expected) {
      problems.push(`the ${part} differs: this training's description has the hash ${expected}, the checkpoint's ${found ?? "none"}`)
    }
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (key.startsWith("counter/") && whole(value) === undefined) {
      problems.push(`metadata ${JSON.stringify(key)}: expected an integer, found ${JSON.stringify(value)}`)
    }
  }
  return problems
}

/** The members of a prefix, without it. */
const under = (prefix: string, metadata: Metadata): ReadonlyArray<readonly [string, string]> =>
  Object.entries(metadata).flatMap(([key, value]) => (key.startsWith(`${prefix}/`) ? [[key.slice(prefix.length + 1), value] as const] : []))

const expectedTensor = ({ name, tensor }: Place): ExpectedTensor => ({ name, dtype: "F32", shape: tensor.shape })

/**
 * Puts a training into the state of a checkpoint, and returns the caller's part. Everything is judged before anything is written.
 * Throws `SafetensorsError` where the file breaks a rule of the format, misses a tensor or has one of another shape, and
 * {@link CheckpointError} with every difference where it belongs to another training.
 */
export const restoreCheckpoint = (training: Training, bytes: Uint8Array): Restored => {
  const { metadata } = readSafetensors(bytes)
  const problems = metadataProblems(metadata, training)
  if (problems.length > 0) throw new CheckpointError(problems)
  const step = whole(metadata.step) ?? 0
  const all = places(training, step > 0)
  const { tensors } = readSafetensors(bytes, all.map(expectedTensor))
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  for (const { name, tensor } of all) {
    const found = byName.get(name)
    if (found === undefined) throw new Error(`unreachable: ${name} was expected and found`)
    training.device.write(tensor, float32Values(found))
  }
  training.step = step
  training.former.norm = step > 0 ? normOf(training) : undefined
  return {
    step,
    module_sha256: metadata.module_sha256 ?? "",
    random: Object.fromEntries(under("random", metadata)),
    counters: Object.fromEntries(under("counter", metadata).map(([key, value]) => [key, whole(value) ?? 0]))
  }
}

/** The norm of the former gradient, summed as it was when it was new. */
const normOf = ({ device, parameters, former }: Training): number =>
  device.gradientNorm(
    parameters.flatMap((parameter, at) => {
      const gradient = former.tensors[at]
      return gradient === undefined ? [] : [{ ...parameter, gradient }]
    })
  )
