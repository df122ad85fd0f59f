/** What leaves the page: files the reader saves, and text for the clipboard. */
import { announce, toast } from "./ui/Toast.tsx"

/** Offers text as a file. */
export const save = (name: string, text: string, type = "text/plain"): void => {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const anchor = document.createElement("a")
  anchor.href = url
  anchor.download = name.replace(/[^\w.@-]+/g, "-")
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  announce(`Saved ${anchor.download}`)
}

/** Puts text on the clipboard and says so. */
export const copy = (text: string, what = "Copied"): void => {
  navigator.clipboard.writeText(text).then(
    () => toast(what),
    () => toast("The browser does not let this page use the clipboard", { tone: "bad" })
  )
}
