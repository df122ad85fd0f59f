/**
 * What this process costs, by the operating system. In a worker thread the peak of memory belongs to all threads, so that it is left out
 * there, and the processor time is that of the thread, where this Node can tell it.
 */
import { isMainThread } from "node:worker_threads"
import { type HostReading, HostUsage } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Microseconds of the thread that asks; Node has it from 23.9 on. */
const threadUsage = (): { readonly user: number; readonly system: number } | undefined => {
  const tell: unknown = Reflect.get(process, "threadCpuUsage")
  return typeof tell === "function" ? (Reflect.apply(tell, process, []) as { readonly user: number; readonly system: number }) : undefined
}

const cpu = (usage: { readonly user: number; readonly system: number }) => ({
  cpu_user_seconds: usage.user / 1e6,
  cpu_system_seconds: usage.system / 1e6
})

const read = (): HostReading => {
  const wall_seconds = performance.now() / 1000
  if (!isMainThread) {
    const usage = threadUsage()
    return { wall_seconds, ...(usage === undefined ? {} : cpu(usage)) }
  }
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { wall_seconds, ...cpu({ user: userCPUTime, system: systemCPUTime }), rss_peak_bytes: maxRSS * 1024 }
}

export const hostUsageLayer = Layer.succeed(HostUsage, { read: Effect.sync(read) })
