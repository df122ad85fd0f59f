/**
 * uPlot makes a formatter for the browser's language when it is loaded, and breaks in a browser whose language no formatter takes, such as
 * `en-US@posix`. Called before that, this names a language that there is. Nothing here is formatted by a language.
 */
export const formattableLanguage = (): void => {
  try {
    Intl.NumberFormat.supportedLocalesOf(navigator.language)
  } catch {
    Object.defineProperty(navigator, "language", { configurable: true, value: "en-US" })
  }
}
