/** The device for Node: reads the kernel module and its manifest, which lie beside this package. The only file here that reads files. */
import { readFile } from "node:fs/promises"
import { type Device, openDeviceOf } from "./Device.ts"
import { GradientError } from "./GradientError.ts"

/** The module as committed, and what it was built from. */
export const kernelModuleUrl: URL = new URL("../wasm/kernels.wasm", import.meta.url)
const manifestUrl = new URL("../wasm/manifest.json", import.meta.url)

/** A new device with memory of its own. Throws `GradientError` if the module's bytes are not those of the manifest. */
export const openDevice = async (): Promise<Device> => {
  const manifest: unknown = JSON.parse(await readFile(manifestUrl, "utf8"))
  if (typeof manifest !== "object" || manifest === null || !("sha256" in manifest) || typeof manifest.sha256 !== "string") {
    throw new GradientError("openDevice", "a manifest.json with the sha256 of the kernel module", "one without")
  }
  return openDeviceOf(await readFile(kernelModuleUrl), manifest.sha256)
}
