import { expect, it } from "vitest"
import { Sha256, sha256Hex } from "../src/index.ts"

it("gives the published hashes of FIPS 180-2", () => {
  expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  expect(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  )
  expect(new Sha256().update("a".repeat(1_000_000)).hex()).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
})

it("hashes text as its UTF-8 bytes", () => {
  expect(sha256Hex("Köln 🧠")).toBe(sha256Hex(new TextEncoder().encode("Köln 🧠")))
})

it("streams to the hash of the whole, and can be read on the way", () => {
  const stream = new Sha256().update("a").update(Uint8Array.of(98))
  expect(stream.hex()).toBe(sha256Hex("ab"))
  expect(stream.hex()).toBe(sha256Hex("ab"))
  expect(stream.update("c").hex()).toBe(sha256Hex("abc"))
})

it("refuses text with a lone surrogate instead of hashing a replacement", () => {
  expect(() => sha256Hex("\ud800")).toThrow("cannot hash a text that holds a lone surrogate")
  expect(() => new Sha256().update("a\udc00")).toThrow(TypeError)
})
