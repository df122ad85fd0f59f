/** The nearest known word: for unknown keys, plugins, commands, columns and metrics alike. It suggests; nobody acts on it. */

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
export const editDistance = (left: string, right: string): number => {
  const rows: Array<Array<number>> = Array.from({ length: left.length + 1 }, (_, i) => [i])
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let j = 1; j <= right.length; j++) rows[0]?.push(j)
  for (let i = 1; i <= left.length; i++)
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1]
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1)
      rows[i]?.push(best)
    }
  return at(left.length, right.length)
}

/** The candidate that is nearest to `word`, when it is near enough to be a slip: at most a third of the letters, at least one. */
export const didYouMean = (word: string, candidates: Iterable<string>): string | undefined => {
  const short = word.slice(0, 64).toLowerCase()
  const limit = Math.max(1, Math.floor(short.length / 3))
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of [...candidates].sort()) {
    const distance = candidate.toLowerCase().startsWith(short) && short.length >= 3 ? 1 : editDistance(short, candidate.toLowerCase())
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance }
  }
  return best?.candidate
}
