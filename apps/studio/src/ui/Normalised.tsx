/** What the cells of confusion matrices show first: counts, or shares of the row or the column. The choice stands in the address. */
import type { Figure } from "@feagi-trainer/charts"
import { useSearch } from "../router.ts"

/** The figure as the reader wants it; only a matrix has this choice. */
export const normalisedBy = (choice: string, figure: Figure): Figure =>
  figure.kind === "matrix" && (choice === "row" || choice === "column") ? { ...figure, normalised: choice } : figure

export const useNormalised = (): readonly [choice: string, set: (choice: string | null) => void] => useSearch("share")

export const NormalisedChoice = () => {
  const [choice, choose] = useNormalised()
  return (
    <label class="row">
      Cells
      <select value={choice} onChange={(event) => choose(event.currentTarget.value || null)}>
        <option value="">counts</option>
        <option value="row">share of row</option>
        <option value="column">share of column</option>
      </select>
    </label>
  )
}
