/**
 * How the Studio is built: one page, hashed files, each page of the menu a chunk of its own. Sharp edge: nothing may end up inline, as the
 * page is served under `default-src 'self'`; so no inlined assets and no polyfill written into the HTML.
 */
import { defineConfig } from "vite"

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false
  }
})
