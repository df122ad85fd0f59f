import { h, options } from "preact"
import { describe, expect, it } from "vitest"
import { showUnseen, visible } from "../src/visible.ts"

describe("characters that are not seen", () => {
  it("are written out where they control or turn around, and nothing else is", () => {
    expect(visible("\u202egnp.exe")).toBe("\\u{202e}gnp.exe")
    expect(visible("a\u0000b\u001b[31mc\u0085\u2028\u2066d\u2069")).toBe("a\\u{0}b\\u{1b}[31mc\\u{85}\\u{2028}\\u{2066}d\\u{2069}")
    for (const text of ["", "line\n\ttab", "שלום", "ünï 🧠 👩‍🔬", "1\u202f234"]) expect(visible(text)).toBe(text)
  })

  it("are written out in every text and label that is drawn, and not in what is typed", () => {
    const before = options.vnode
    try {
      showUnseen()
      const name = "\u202ex"
      const props = (vnode: { readonly props: unknown }) => vnode.props as Record<string, unknown>
      expect(props(h("p", { title: name }, name))).toEqual({ title: "\\u{202e}x", children: "\\u{202e}x" })
      expect(props(h("p", null, "a ", [name, 3], name)).children).toEqual(["a ", ["\\u{202e}x", 3], "\\u{202e}x"])
      expect(props(h("input", { value: name })).value).toBe(name)
      const list = ["a", h("b", null, "c")]
      expect(props(h("p", null, list)).children).toBe(list)
    } finally {
      if (before === undefined) delete options.vnode
      else options.vnode = before
    }
  })
})
