/** What a request asks for: its path in segments and its query, each decoded exactly once. What looks like a way out of either is refused. */
import { refuse } from "./Reply.ts"

export interface Target {
  /** Decoded; none is empty, `.` or `..`, none holds a slash, a backslash or a control character. */
  readonly segments: ReadonlyArray<string>
  /** Decoded, in the order of the address. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
}

const longest = 4096

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const forbidden = /[\u0000-\u001f\u007f/\\]/

const malformed = (what: string) => refuse(400, { code: "FT6012", message: `the address is refused: ${what}` })

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed("it holds a percent sign that encodes nothing")
  }
}

/** @throws Refusal */
export const readTarget = (url: string): Target => {
  if (url.length > longest)
    throw refuse(414, { code: "FT6012", message: "the address is too long", expected: `at most ${longest} characters` })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (!url.startsWith("/") || /[\u0000-\u0020\u007f-\uffff\\#]/.test(url)) throw malformed("it is no path of this server")
  const mark = url.indexOf("?")
  const path = mark < 0 ? url : url.slice(0, mark)
  const encoded = path === "/" ? [] : path.slice(1).split("/")
  const segments = encoded.map((each) => {
    const segment = decode(each)
    if (segment === "" || segment === "." || segment === ".." || forbidden.test(segment)) throw malformed("a part of its path is no name")
    return segment
  })
  const query = (mark < 0 ? "" : url.slice(mark + 1))
    .split("&")
    .filter((each) => each !== "")
    .map((each) => {
      const equals = each.indexOf("=")
      const part = (text: string) => decode(text.replaceAll("+", "%20"))
      return [part(equals < 0 ? each : each.slice(0, equals)), equals < 0 ? "" : part(each.slice(equals + 1))] as const
    })
  return { segments, query }
}
