/** Light, dark or as the system has it: one attribute at the root, remembered by this browser. */
export type Theme = "system" | "light" | "dark"
const order: ReadonlyArray<Theme> = ["system", "light", "dark"]

/** The remembered choice; "system" where nothing is or may be remembered. */
export const theme = (): Theme => {
  try {
    return order.find((one) => one === localStorage.getItem("theme")) ?? "system"
  } catch {
    return "system"
  }
}

export const applyTheme = (chosen: Theme): void => {
  if (chosen === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}

export const setTheme = (chosen: Theme): Theme => {
  try {
    localStorage.setItem("theme", chosen)
  } catch {
    // A browser that remembers nothing still shows it.
  }
  applyTheme(chosen)
  return chosen
}

export const nextTheme = (): Theme => setTheme(order[(order.indexOf(theme()) + 1) % order.length] ?? "system")
