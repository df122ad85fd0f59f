/**
 * Ed25519 keys as files: a private one that only its owner can read, a public one beside it, and what signs and verifies with them.
 *
 * Sharp edge: a private key is never printed and never sent; a file of it that others can read is refused, because who has read it can sign
 * in its owner's name.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto"
import { closeSync, constants, existsSync, fstatSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import type { Signer, Verifier } from "@feagi-trainer/evaluation"
import { readFileLimited } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import { writeOut } from "./outFiles.ts"

const maxKeyBytes = 65_536

/** SHA-256 (hex) of a public key as SubjectPublicKeyInfo in DER: the same wherever the key lies. */
const keyIdOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")

export interface MadeKey {
  readonly key: string
  readonly public_key: string
  readonly keyid: string
}

const writeNew = (path: string, text: string, mode: number): void => {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a key pair in `path` (0600) and `path.pub`; FT5212 where either exists, because a key that is lost cannot be made again. */
export const makeKey = (path: string): Effect.Effect<MadeKey, TrainerError> =>
  Effect.suspend(() => {
    const files = { key: path, public_key: `${path}.pub` }
    const there = Object.values(files).find((each) => existsSync(resolve(each)))
    if (there !== undefined)
      return trainerError("invalid", {
        code: "FT5212",
        file: there,
        message: "a file is there already, and a key is never written over",
        help: "name another file"
      })
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    return writeOut(path, () => {
      writeNew(resolve(files.key), String(privateKey.export({ type: "pkcs8", format: "pem" })), 0o600)
      try {
        writeNew(resolve(files.public_key), String(publicKey.export({ type: "spki", format: "pem" })), 0o644)
      } catch (cause) {
        rmSync(resolve(files.key), { force: true })
        throw cause
      }
      return { ...files, keyid: keyIdOf(publicKey) }
    })
  })

const noKey = (file: string, message: string, expected: string, help: string): TrainerError =>
  trainerError("invalid", { code: "FT5213", file, message, expected, help })

/** The text of a private key and its permissions, of one and the same opened file. */
const readPrivate = (path: string): { readonly text: string; readonly mode: number } => {
  const file = openSync(resolve(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    return { text: readFileSync(file, "latin1"), mode: fstatSync(file).mode & 0o777 }
  } finally {
    closeSync(file)
  }
}

/** Whether others than the owner may do anything with a file; a system without permissions does not say. */
const isOpen = (mode: number): boolean => process.platform !== "win32" && (mode & 0o077) !== 0

const makeNew = "feagi-trainer scorecard keygen --out FILE   makes a pair"

/** A private key that signs. FT5213 for anything but an Ed25519 key in PEM, FT5214 where others can read it. */
export const readSigner = (path: string): Effect.Effect<Signer, TrainerError> =>
  Effect.gen(function* () {
    // Says what is wrong where there is no file of the size of a key.
    yield* readFileLimited(path, maxKeyBytes)
    const { text, mode } = readPrivate(path)
    if (isOpen(mode))
      return yield* trainerError("invalid", {
        code: "FT5214",
        file: path,
        message: "the private key can be read or written by others",
        expected: "mode 600",
        actual: `mode ${mode.toString(8)}`,
        help: `make a new key if others had access to this machine; otherwise  chmod 600 ${JSON.stringify(path)}`
      })
    const key = privateKeyOf(text)
    if (key?.asymmetricKeyType !== "ed25519")
      return yield* noKey(path, "is no private key that can sign", "an Ed25519 private key in PEM without a passphrase", makeNew)
    return { keyid: keyIdOf(createPublicKey(key)), sign: (bytes) => new Uint8Array(sign(null, bytes, key)) }
  })

const privateKeyOf = (text: string): KeyObject | undefined => {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

/** A public key that verifies. FT5213 for anything but an Ed25519 public key in PEM; a private one has no business here. */
export const readVerifier = (path: string): Effect.Effect<Verifier, TrainerError> =>
  Effect.gen(function* () {
    const text = Buffer.from(yield* readFileLimited(path, maxKeyBytes)).toString("latin1")
    if (text.includes("PRIVATE KEY"))
      return yield* noKey(path, "is a private key, which nobody else needs to see", "the public key", `name the file ${path}.pub`)
    const key = publicKeyOf(text)
    if (key?.asymmetricKeyType !== "ed25519")
      return yield* noKey(path, "is no public key that can verify", "an Ed25519 public key in PEM", "ask whoever signed for the .pub file")
    return { keyid: keyIdOf(key), verify: (bytes, signature) => verify(null, bytes, key, signature) }
  })

const publicKeyOf = (text: string): KeyObject | undefined => {
  try {
    return createPublicKey(text)
  } catch {
    return undefined
  }
}
