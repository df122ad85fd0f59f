/**
 * What an uploaded file is kept under: the beginning of the hash of its bytes in front of a tame form of its name. One rule for the page
 * that asks for consent and the server that writes, so that what was agreed to is what is written.
 */

/** The name with everything else than `A-Za-z0-9._-` replaced, its ending kept; undefined where it is no name of a file. */
export const tameName = (name: string): string | undefined => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (name === "" || name.length > 255 || /[/\\\u0000-\u001f\u007f]/.test(name) || name === "." || name === "..") return undefined
  const tame = name.replaceAll(/[^A-Za-z0-9._-]/g, "_").replace(/^[._-]+/, "")
  return tame === "" ? "file" : tame.slice(-100).replace(/^[._-]+/, "")
}

/** The file within the folder of uploads. @param sha256 of the bytes, hexadecimal @param tame as {@link tameName} gives it */
export const uploadName = (sha256: string, tame: string): string => `${sha256.slice(0, 12)}-${tame}`
