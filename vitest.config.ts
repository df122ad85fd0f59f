import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["{packages,plugins,apps}/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // One engine module and one copy of effect per worker: tests share no state, so they need no process of their own.
    pool: "threads",
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000
  }
})
