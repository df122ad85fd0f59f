/** What a run is called on this page, by its place: A is the baseline. The comparison itself writes them small. */
export const letterOf = (place: number): string => String.fromCharCode(65 + (place % 26))

/** `a` → `A`. */
export const upper = (label: string): string => label.toUpperCase()

/** The place of a label, for its colour; -1 where there is none. */
export const placeOf = (label: string): number => (/^[a-z]$/.test(label) ? label.charCodeAt(0) - 97 : -1)
