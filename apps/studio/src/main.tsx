/** The page: the place where everything begins. */
import { render } from "preact"
import { App } from "./App.tsx"
import { startKeys } from "./keys.ts"
import { startRouter } from "./router.ts"
import { startLive } from "./startLive.ts"
import "./theme.css"
import { applyTheme, theme } from "./theme.ts"
import { showUnseen } from "./visible.ts"

applyTheme(theme())
showUnseen()
startRouter()
startKeys()
startLive()
const root = document.getElementById("app")
if (root !== null) render(<App />, root)
