/**
 * The hash of what a model has learnt. Sharp edge: it covers names, shapes and values of the parameters, not the description: two models
 * that differ by a dropout rate alone can have one hash.
 */
import { sha256Hex } from "@feagi-trainer/determinism"
import type { Device } from "./Device.ts"
import { float32Bytes, float32Values, readSafetensors, writeSafetensors } from "./Safetensors.ts"
import type { Parameter } from "./Tensor.ts"

/** The parameters as a safetensors file without metadata. */
export const weightsBytes = ({ device, parameters }: { readonly device: Device; readonly parameters: ReadonlyArray<Parameter> }) =>
  writeSafetensors(
    parameters.map(({ name, value }) => ({ name, dtype: "F32", shape: value.shape, bytes: float32Bytes(device.read(value)) })),
    {}
  )

/** SHA-256 of {@link weightsBytes}, 64 lower-case hex digits. */
export const weightsSha256 = (model: { readonly device: Device; readonly parameters: ReadonlyArray<Parameter> }): string =>
  sha256Hex(weightsBytes(model))

/**
 * Puts a file of {@link weightsBytes} into a model of the same parameters. Everything is judged before anything is written.
 * Throws `SafetensorsError` with every broken rule.
 */
export const restoreWeights = (
  { device, parameters }: { readonly device: Device; readonly parameters: ReadonlyArray<Parameter> },
  bytes: Uint8Array
): void => {
  const expected = parameters.map(({ name, value }) => ({ name, dtype: "F32" as const, shape: value.shape }))
  const byName = new Map(readSafetensors(bytes, expected).tensors.map((tensor) => [tensor.name, tensor]))
  for (const { name, value } of parameters) {
    const found = byName.get(name)
    if (found === undefined) throw new Error(`unreachable: ${name} was expected and found`)
    device.write(value, float32Values(found))
  }
}
