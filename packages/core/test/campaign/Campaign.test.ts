/** Campaigns on the toy world: the fold, the plan, the drive to the end through failures, wishes and power cuts. */
import { TrainerError } from "@feagi-trainer/contracts"
import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import {
  type CampaignRow,
  type Campaigns,
  type CampaignWork,
  campaignId,
  campaignStateOf,
  carryOn,
  checkResumable,
  createCampaign,
  driveCampaign,
  type EndedRun,
  type ExecuteServices,
  initialCampaignState,
  type PlannedCampaign,
  planCampaign,
  type RunFile,
  type RunJournal,
  requestCampaign,
  runsOfCampaign,
  type Scorecards,
  viewCampaign,
  viewRun
} from "../../src/index.ts"
import { create, goOn, hashesOf, makeWorld, planned, runFile, runToEnd, services, type World } from "../support/world.ts"
import { type MemoryCampaigns, memoryCampaigns } from "./memoryCampaigns.ts"

/** A world with campaigns. */
interface Land {
  readonly world: World
  readonly campaigns: MemoryCampaigns
  readonly run: <A, E>(effect: Effect.Effect<A, E, Campaigns | ExecuteServices | RunJournal | Scorecards>) => Promise<A>
}
const makeLand = (): Land => {
  const world = makeWorld()
  const campaigns = memoryCampaigns()
  return { world, campaigns, run: (effect) => world.run(Effect.provide(effect, Layer.merge(services(world), campaigns.layer))) }
}

const member = async (land: Land, label: string, file: RunFile, seeds: ReadonlyArray<bigint>) => ({
  label,
  group_id: `g-${label}`,
  runs: await Promise.all(seeds.map((seed) => land.world.run(planned(land.world, file, seed))))
})
/** Few steps, so that every one of their commits can be the last. */
const plain = runFile({ checkpoint_every: 20 })
const silent = runFile({ checkpoint_every: 20, controls: { silent_reward: true, shuffled_labels: false } })
/** Two seeds of one file and one of another. */
const three = async (land: Land): Promise<PlannedCampaign> =>
  land.world.run(planCampaign("toys", [await member(land, "plain", plain, [1n, 2n]), await member(land, "silent", silent, [3n])]))
const created = async (land: Land): Promise<CampaignRow> => (await land.run(createCampaign(await three(land)))).row

/** Executes as a program would: one after the other, a failure noted, and asked before each. */
const oneByOne =
  (land: Land, before: (seed: string) => void = () => undefined) =>
  ({ rows, mayBegin, ended }: CampaignWork) =>
    Effect.gen(function* () {
      const all: Array<EndedRun> = []
      for (const row of rows) {
        if (!(yield* mayBegin)) break
        before(row.seed)
        const failure = yield* carryOn(row, { families: land.world.families(), asked: Effect.succeed(undefined) }).pipe(
          Effect.as(undefined),
          Effect.catch((error) => Effect.succeed(error))
        )
        const each = { view: yield* viewRun(row), failure }
        yield* ended(each)
        all.push(each)
      }
      return all
    })
const drive = (land: Land, row: CampaignRow, before?: (seed: string) => void) => land.run(driveCampaign(row, oneByOne(land, before)))

const typesOf = (land: Land, row: CampaignRow) => land.campaigns.events.get(row.campaign_id)?.map(({ type }) => type) ?? []
const statuses = async (land: Land, row: CampaignRow) =>
  runsOfCampaign(await land.run(viewCampaign(row))).map(({ label, seed, view }) => [label, seed, view?.status ?? "waiting"])
const hashes = async (land: Land, row: CampaignRow) =>
  runsOfCampaign(await land.run(viewCampaign(row))).map(({ view }) => (view === undefined ? [] : hashesOf(view)))

/** What the three runs give when each is started alone. */
const alone = async () => [
  hashesOf(await Promise.resolve(makeWorld()).then((world) => world.run(runToEnd(world, plain, 1n)))),
  hashesOf(await Promise.resolve(makeWorld()).then((world) => world.run(runToEnd(world, plain, 2n)))),
  hashesOf(await Promise.resolve(makeWorld()).then((world) => world.run(runToEnd(world, silent, 3n))))
]

describe("planCampaign()", () => {
  it("names a campaign by its runs, labels and name, and by nothing else", async () => {
    const first = await three(makeLand())
    const again = await three(makeLand())
    expect(campaignId(again.campaign)).toBe(campaignId(first.campaign))
    expect(campaignId(first.campaign)).toMatch(/^c-[0-9a-f]{12}$/)
    const land = makeLand()
    const others = [
      await land.world.run(planCampaign("other", first.members)),
      await land.world.run(planCampaign("toys", first.members.toReversed())),
      await land.world.run(planCampaign("toys", first.members.slice(0, 1)))
    ]
    expect(new Set([first, ...others].map(({ campaign }) => campaignId(campaign))).size).toBe(4)
  })

  it("refuses labels and experiments that stand twice, all of them at once and each where it stands", async () => {
    const land = makeLand()
    const members = [
      await member(land, "a", plain, [1n, 2n]),
      await member(land, "b", silent, [3n]),
      await member(land, "a", plain, [2n]),
      await member(land, "c", silent, [3n])
    ]
    const error = await land.world.run(Effect.flip(planCampaign("toys", members)))
    expect(error).toBeInstanceOf(TrainerError)
    expect(error.reason).toBe("invalid")
    expect(error.diagnostics.map(({ code, field, message }) => [code, field, message])).toEqual([
      ["FT2501", "runs.2.label", 'the label "a" is that of entry 1 already'],
      ["FT2502", "runs.2.file", '"a", seed 2 is the same experiment as "a", seed 2'],
      ["FT2502", "runs.3.file", '"c", seed 3 is the same experiment as "b", seed 3']
    ])
  })
})

describe("a campaign", () => {
  it("comes to the bytes that its runs have alone, and writes down who runs what and how it ended", async () => {
    const land = makeLand()
    const row = await created(land)
    const { view, ended } = await drive(land, row)
    expect(view.status).toBe("completed")
    expect(ended.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
    expect(await hashes(land, row)).toEqual(await alone())
    expect(typesOf(land, row)).toEqual([
      "created",
      "started",
      "run-assigned",
      "run-assigned",
      "run-assigned",
      "run-ended",
      "run-ended",
      "run-ended",
      "completed"
    ])
    expect(land.world.memory.runs.map(({ row: run }) => [run.group_id, run.seed])).toEqual([
      ["g-plain", "1"],
      ["g-plain", "2"],
      ["g-silent", "3"]
    ])
  })

  it("replays into the same state from its events alone, which nothing ever changes", async () => {
    const land = makeLand()
    const row = await created(land)
    const grown: Array<string> = []
    land.campaigns.beforeCommit = () => grown.push(JSON.stringify(land.campaigns.events.get(row.campaign_id)))
    const { view } = await drive(land, row)
    const events = land.campaigns.events.get(row.campaign_id) ?? []
    for (const before of grown) expect(JSON.stringify(events).startsWith(before.slice(0, -1))).toBe(true)
    expect(campaignStateOf(JSON.parse(JSON.stringify(events)) as typeof events)).toEqual(view.state)
    expect(campaignStateOf([])).toEqual(initialCampaignState)
  })

  it("that is created twice is one campaign; its runs are executed once, here or elsewhere", async () => {
    const land = makeLand()
    const before = await land.world.run(runToEnd(land.world, plain, 2n))
    const row = await created(land)
    expect((await land.run(createCampaign(await three(land)))).existing).toBe(true)
    const executed: Array<string> = []
    const { view } = await drive(land, row, (seed) => executed.push(seed))
    expect(executed).toEqual(["1", "3"])
    expect(runsOfCampaign(view).map(({ reused }) => reused)).toEqual([false, true, false])
    expect(runsOfCampaign(view)[1]?.view?.row.run_id).toBe(before.row.run_id)
    expect(await hashes(land, row)).toEqual(await alone())

    const again: Array<string> = []
    await drive(land, row, (seed) => again.push(seed))
    expect([again, land.world.memory.runs.length]).toEqual([[], 3])
  })

  it("does not take a run that was ended early for the one that it asks for", async () => {
    const land = makeLand()
    const part = await land.world.run(create(land.world, plain, 2n))
    expect((await land.world.run(goOn(land.world, part, Effect.succeed("skip-rest")))).status).toBe("skipped")
    const row = await created(land)
    const { view } = await drive(land, row)
    expect([view.status, ...runsOfCampaign(view).map((run) => run.view?.row.attempt)]).toEqual(["completed", 1, 2, 1])
    expect(await hashes(land, row)).toEqual(await alone())
  })

  it("that loses its power before any commit, of a run or of its own, ends at the same bytes without one run more", async () => {
    const expected = await alone()
    let commits = 0
    const whole = makeLand()
    const count = () => {
      commits += 1
    }
    whole.campaigns.beforeCommit = count
    whole.world.memory.beforeCommit = count
    await drive(whole, await created(whole))
    expect(commits).toBeGreaterThan(25)
    for (let at = 1; at <= commits; at += 1) {
      const land = makeLand()
      const row = await created(land)
      let seen = 0
      const cut = () => {
        seen += 1
        if (seen === at) throw new Error("power cut")
      }
      land.campaigns.beforeCommit = cut
      land.world.memory.beforeCommit = cut
      await expect(drive(land, row), `commit ${at}`).rejects.toThrow("power cut")
      const { view } = await drive(land, row)
      expect([at, view.status, land.world.memory.runs.length]).toEqual([at, "completed", 3])
      expect(await hashes(land, row), `commit ${at}`).toEqual(expected)
    }
  })

  it("says that it is interrupted while it says running and nobody drives it", async () => {
    const land = makeLand()
    const row = await created(land)
    land.campaigns.beforeCommit = (type) => {
      if (type === "run-ended") throw new Error("power cut")
    }
    await expect(drive(land, row)).rejects.toThrow("power cut")
    expect((await land.run(viewCampaign(row))).status).toBe("interrupted")
    expect((await land.run(viewCampaign(row))).state.status).toBe("running")
  })

  it("goes on past a seed that fails, keeps the reason, and is whole once the cause is gone", async () => {
    const land = makeLand()
    const row = await created(land)
    const first = await drive(land, row, (seed) => {
      land.world.faults.datasetChanged = seed === "2"
    })
    expect(first.view.status).toBe("failed")
    expect(await statuses(land, row)).toEqual([
      ["plain", "1", "completed"],
      ["plain", "2", "failed"],
      ["silent", "3", "completed"]
    ])
    expect(first.ended.map(({ failure }) => failure !== undefined)).toEqual([false, true, false])
    expect(runsOfCampaign(first.view).map(({ failure }) => failure !== undefined)).toEqual([false, true, false])

    const executed: Array<string> = []
    const second = await drive(land, row, (seed) => executed.push(seed))
    expect([executed, second.view.status]).toEqual([["2"], "completed"])
    expect(runsOfCampaign(second.view).map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
    expect(await hashes(land, row)).toEqual(await alone())
  })

  it("is driven by one process at a time", async () => {
    const land = makeLand()
    const row = await created(land)
    let refused: unknown
    await land.run(
      driveCampaign(row, (work) =>
        Effect.gen(function* () {
          refused = yield* Effect.flip(driveCampaign(row, () => Effect.succeed([])))
          return yield* oneByOne(land)(work)
        })
      )
    )
    expect(refused).toMatchObject({ reason: "locked" })
  })
})

describe("a wish", () => {
  /** Drives, and asks before the second seed begins. */
  const asked = async (land: Land, row: CampaignRow, request: "pause" | "stop") => {
    const outcomes: Array<string> = []
    const driven = await land.run(
      driveCampaign(row, (work) =>
        oneByOne(land)({
          ...work,
          ended: (each) =>
            Effect.gen(function* () {
              yield* work.ended(each)
              outcomes.push(yield* Effect.provide(requestCampaign(row, request), Layer.merge(services(land.world), land.campaigns.layer)))
            })
        })
      )
    )
    return { driven, outcomes }
  }

  it("to pause keeps what has not begun from beginning; a new start goes on where it was", async () => {
    const land = makeLand()
    const row = await created(land)
    const { driven, outcomes } = await asked(land, row, "pause")
    expect([driven.view.status, outcomes]).toEqual(["paused", ["requested"]])
    expect((await statuses(land, row)).map(([, , status]) => status)).toEqual(["completed", "created", "created"])
    expect(await land.run(requestCampaign(row, "pause"))).toBe("nothing-to-do")
    const { view } = await drive(land, row)
    expect([view.status, land.world.memory.runs.length]).toEqual(["completed", 3])
    expect(await hashes(land, row)).toEqual(await alone())
  })

  it("to stop cancels what is not finished; only a new start runs that again, as another attempt", async () => {
    const land = makeLand()
    const row = await created(land)
    const { driven } = await asked(land, row, "stop")
    expect(driven.view.status).toBe("stopped")
    expect((await statuses(land, row)).map(([, , status]) => status)).toEqual(["completed", "cancelled", "cancelled"])
    const refused = await land.run(Effect.flip(checkResumable(driven.view)))
    expect(refused).toMatchObject({ reason: "usage", diagnostics: [{ code: "FT3111" }] })
    const { view } = await drive(land, row)
    expect(view.status).toBe("completed")
    expect(runsOfCampaign(view).map((run) => run.view?.row.attempt)).toEqual([1, 2, 2])
    expect(await hashes(land, row)).toEqual(await alone())
  })

  it("to stop a campaign that nobody drives is done at once, and a stop that was asked for is not softened by a pause", async () => {
    const land = makeLand()
    const row = await created(land)
    await expect(
      drive(land, row, () => {
        throw new Error("power cut")
      })
    ).rejects.toThrow("power cut")
    expect(await land.run(requestCampaign(row, "stop"))).toBe("done")
    expect((await statuses(land, row)).map(([, , status]) => status)).toEqual(["cancelled", "cancelled", "cancelled"])
    expect(await land.run(requestCampaign(row, "stop"))).toBe("nothing-to-do")
    const wish = (request: string) => ({ type: "asked", payload: { request } })
    expect(campaignStateOf([wish("stop"), wish("pause")]).asked).toBe("stop")
    expect(campaignStateOf([wish("stop"), { type: "started", payload: {} }]).asked).toBeUndefined()
  })
})
