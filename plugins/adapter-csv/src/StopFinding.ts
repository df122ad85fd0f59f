/** What ended the reading of a file, as a finding. */
import { MAX_RECORD_BYTES } from "./Dialect.ts"
import type { Finding } from "./Findings.ts"
import type { Stop } from "./Records.ts"

const told: { readonly [W in Stop["why"]]: Pick<Finding, "code" | "message" | "help"> } = {
  nul: { code: "csv/NUL", message: "a NUL byte: this is not a text file, or it was cut by a crash", help: "export it again" },
  utf8: { code: "csv/NOT-UTF-8", message: "a byte that is not UTF-8; the scan ends here", help: "save the file as UTF-8" },
  utf16: { code: "csv/NOT-UTF-8", message: "the file begins like UTF-16, not like UTF-8", help: "save the file as UTF-8" },
  "stray-quote": {
    code: "csv/STRAY-QUOTE",
    message: "a quotation mark in the middle of a cell; the scan ends here, because records can no longer be told apart",
    help: 'quote the whole cell and double the mark inside it, or set quote = "none" if this file quotes nothing'
  },
  "unclosed-quote": {
    code: "csv/UNCLOSED-QUOTE",
    message: `a quotation mark opens a cell and nothing closes it; a record has at most ${MAX_RECORD_BYTES} bytes`,
    help: 'close the quotation mark, double it if it belongs to the text, or set quote = "none" if this file quotes nothing'
  },
  "too-long": {
    code: "csv/RECORD-TOO-LONG",
    message: `a record of more than ${MAX_RECORD_BYTES} bytes; the scan ends here`,
    help: "check the line endings and quotation marks of the file; a table of so many columns has to be split"
  }
}

export const stopFinding = ({ why, at, record, line }: Stop, file: number): Finding => ({
  ...told[why],
  severity: "error",
  spot: { file, record, line, byte: at }
})
