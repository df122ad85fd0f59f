/**
 * No number of a published protocol ever changes: each is held against what it said when it was published, with the metric packs as they
 * are today. `node scripts/protocols.ts` keeps a new version; nothing overwrites an old one.
 */
import { globSync } from "node:fs"

import { describe, expect, it } from "vitest"
import { checkLaws, protocolLaws } from "../packages/conformance/src/index.ts"
import { keptFile, keptVersions, packsOfPlugins, protocolsOfPlugins } from "../scripts/publishedProtocols.ts"
import { root } from "../scripts/steps.ts"

const offered = await protocolsOfPlugins()
const packs = await packsOfPlugins()
const named = offered.map((each) => [`${each.protocol.id}@${each.protocol.version}`, each] as const)
const kept = globSync("plugins/*/published/*.json", { cwd: root }).map((file) => file.replaceAll("\\", "/"))

describe("the protocols of the plugins", () => {
  it("are at least two for every metric pack package, each id once", () => {
    const ids = offered.map(({ protocol }) => protocol.id)
    expect(new Set(ids).size).toBe(ids.length)
    const folders = Map.groupBy(offered, ({ folder }) => folder)
    expect([...folders].filter(([, protocols]) => protocols.length < 2)).toEqual([])
    expect(folders.size).toBe(7)
  })

  it.each(named)("are kept as they were published: %s", (_, { folder, protocol }) => {
    expect(kept, `run  node scripts/protocols.ts  and commit ${keptFile(folder, protocol)}`).toContain(keptFile(folder, protocol))
  })

  it.each(named)("keep the laws, and every number that was ever published: %s", async (_, { folder, protocol }) => {
    const report = await checkLaws(protocol.id, protocolLaws({ protocol, packs, earlier: keptVersions(folder, protocol) }))
    expect(report).toMatchObject({ failed: [] })
  })

  it("lose none that was published", () => {
    const ids = new Set(offered.map(({ folder, protocol }) => `${folder}/published/${protocol.id}@`))
    expect(kept.filter((file) => ![...ids].some((id) => file.startsWith(id)))).toEqual([])
  })
})
