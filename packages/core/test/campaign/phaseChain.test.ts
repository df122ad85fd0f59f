/** The record of a protocol that was carried out: every phase follows the one before it, and what does not is named. */
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { type PhaseState, part, phaseChain, type RunDocument, readDocument } from "../../src/index.ts"
import { create, goOn, makeWorld } from "../support/world.ts"

const done = async () => {
  const world = makeWorld()
  const row = await world.run(create(world))
  const { state } = await world.run(goOn(world, row))
  const document = readDocument(world.memory.blobs.get(row.document_sha256) ?? new Uint8Array(0))
  return { document, spec: row.spec_sha256, state }
}

/** The links by their definition, written down a second time. */
const links = (document: RunDocument, spec: string, phases: ReadonlyArray<PhaseState>): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const [index, { name, split, learns }] of document.protocol.phases.entries()) {
    const state = phases[index]
    if (state === undefined) break
    const { samples, learned_hash_before, learned_hash, predictions_sha256 } = state
    found.push(
      sha256Hex(
        `${found.at(-1) ?? spec}${canonical({ phase: name, split_id: part(document, split).split_id, learns, samples, learned_hash_before, learned_hash_after: learned_hash ?? null, predictions_sha256: predictions_sha256 ?? null })}`
      )
    )
  }
  return found
}

describe("phaseChain()", () => {
  it("links the phases of a completed run from its document on, by the definition of a link", async () => {
    const { document, spec, state } = await done()
    const chain = phaseChain(document, spec, state)
    expect(chain.breaks).toEqual([])
    expect(chain.phases.map((each) => each.chain_sha256)).toEqual(links(document, spec, state.phases))
    expect(chain.phases.map(({ phase, learns, scored }) => [phase, learns, scored])).toEqual([
      ["train", true, false],
      ["validate", false, true],
      ["test", false, true]
    ])
    expect(chain.phases[0]?.learned_hash_before).toBe(document.learner.initial_hash)
    expect(new Set(chain.phases.map((each) => each.learned_hash_after)).size).toBe(1)
    expect(chain.phases[0]?.learned_hash_after).not.toBe(document.learner.initial_hash)
  })

  it("hangs on everything that it links: another document or another answer gives other links from there on", async () => {
    const { document, spec, state } = await done()
    const whole = phaseChain(document, spec, state).phases.map((each) => each.chain_sha256)
    const other = phaseChain(document, "f".repeat(64), state).phases.map((each) => each.chain_sha256)
    expect(other.filter((link) => whole.includes(link))).toEqual([])
    const phases = state.phases.map((each, index) => (index === 1 ? { ...each, predictions_sha256: "e".repeat(64) } : each))
    const altered = phaseChain(document, spec, { phases }).phases.map((each) => each.chain_sha256)
    expect(altered.map((link, index) => link === whole[index])).toEqual([true, false, false])
  })

  const other = "d".repeat(64)
  it.each([
    ["does not begin with the learner that the plan pins", 0, { learned_hash_before: other }],
    ['"validate" does not begin with what "train" ended with', 1, { learned_hash_before: other, learned_hash: other }],
    ['"test" must not learn, and did', 2, { learned_hash: other }],
    ['is "warm-up", where the protocol has "validate"', 1, { phase: "warm-up" }]
  ])("names a link that does not hold: phase %s", async (message, at, change) => {
    const { document, spec, state } = await done()
    const phases = state.phases.map((each, index) => (index === at ? { ...each, ...change } : each))
    const { breaks } = phaseChain(document, spec, { phases })
    expect(breaks.map(({ code }) => code)).toEqual(breaks.map(() => "FT3112"))
    expect(breaks.find(({ field }) => field === `phases[${at}]`)?.message).toContain(message)
  })

  it("has no hash for a phase that has not ended, and nothing behind it", async () => {
    const { document, spec, state } = await done()
    const [train] = state.phases
    if (train === undefined) throw new Error("no phase")
    expect(phaseChain(document, spec, { phases: [{ ...train, learned_hash: undefined }] })).toMatchObject({
      breaks: [],
      phases: [{ phase: "train", learned_hash_after: null, chain_sha256: null }]
    })
    expect(phaseChain(document, spec, { phases: [] })).toEqual({ phases: [], breaks: [] })
  })
})
