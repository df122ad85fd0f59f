/**
 * The frame around every page: menu, state of the project, what runs now, keyboard help. Sharp edge: a page's chunk that fails to load, as
 * after an update of the server, offers to load the page anew instead of standing still.
 */
import type { ComponentType } from "preact"
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks"
import { shortcuts, useShortcuts } from "./keys.ts"
import { missing, type PageEntry, type PageProps, pages } from "./pages.ts"
import { match, navigate, type Params, usePlace } from "./router.ts"
import { ServerBanner, SessionStrip } from "./SessionStrip.tsx"
import { applyTheme, nextTheme, theme } from "./theme.ts"
import { IconButton } from "./ui/Basics.tsx"
import { Dialog } from "./ui/Dialog.tsx"
import { Icon } from "./ui/Icon.tsx"
import { Failed, Loading } from "./ui/States.tsx"
import { announce, Toasts } from "./ui/Toast.tsx"

const found = (path: string): { readonly entry: PageEntry | undefined; readonly params: Params } => {
  for (const entry of pages) {
    const params = match(entry.path, path)
    if (params !== null) return { entry, params }
  }
  return { entry: undefined, params: {} }
}

const loaded = new Map<string, ComponentType<PageProps>>()

/** The page of an entry, once its chunk is there. */
const Outlet = ({ entry, params }: { readonly entry: PageEntry | undefined; readonly params: Params }) => {
  const name = entry?.path ?? ""
  const [, redraw] = useState(0)
  const [failure, setFailure] = useState<unknown>(undefined)
  const [broken, reset] = useErrorBoundary()
  useEffect(() => {
    setFailure(undefined)
    if (loaded.has(name)) return
    let left = false
    ;(entry?.load ?? missing)().then(
      (module) => {
        loaded.set(name, module.default)
        if (!left) redraw((count) => count + 1)
      },
      (error: unknown) => {
        if (!left) setFailure(error)
      }
    )
    return () => {
      left = true
    }
  }, [name])
  if (broken !== undefined) return <Failed error={broken} again={reset} title="This page broke" />
  if (failure !== undefined) return <Failed error={failure} again={() => window.location.reload()} title="This page could not be loaded" />
  const Shown = loaded.get(name)
  return Shown === undefined ? (
    <Loading what={`Opening ${entry?.title ?? "the page"}`} />
  ) : (
    <Shown key={window.location.pathname} params={params} />
  )
}

const KeyboardHelp = ({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) => {
  const list = open ? shortcuts() : []
  const groups = [...new Set(list.map(({ group }) => group))]
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard">
      <div class="shortcut-groups">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl class="shortcuts">
              {list
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.keys}>
                    <dt>
                      {shortcut.keys.split(" ").map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{shortcut.says}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="muted">Off while you type. Tab walks through everything, Escape closes.</p>
    </Dialog>
  )
}

export const App = () => {
  const { path } = usePlace()
  const { entry, params } = found(path)
  const [help, setHelp] = useState(false)
  const [chosen, setChosen] = useState(theme)
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    main.current?.focus({ preventScroll: true })
    announce(entry?.title ?? "Page not found")
  }, [path])
  useShortcuts([
    { keys: "?", says: "This list", group: "Everywhere", run: () => setHelp(true) },
    {
      keys: "/",
      says: "Search",
      group: "Everywhere",
      run: () => {
        const box = document.querySelector<HTMLElement>("main [data-search], main input[type=search], main [role=combobox]")
        if (box === null) navigate("/runs")
        else box.focus()
      }
    },
    ...pages.flatMap(({ menu, title, path: to }) =>
      menu === undefined ? [] : [{ keys: `g ${menu.key}`, says: title, group: "Go to", run: () => navigate(to) }]
    ),
    { keys: "t", says: "Theme: system, light, dark", group: "Everywhere", run: () => setChosen(nextTheme()) }
  ])
  useEffect(() => applyTheme(chosen), [chosen])
  const section = `/${path.split("/")[1] ?? ""}`
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/" aria-label="FEAGI Trainer, home">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M9 22 16 10l7 12M9 22h14" />
            <circle cx="16" cy="9.5" r="3.4" />
            <circle cx="9" cy="22" r="3.4" />
            <circle cx="23" cy="22" r="3.4" class="accent" />
          </svg>
          <span>FEAGI Trainer</span>
        </a>
        <SessionStrip />
        <div class="row top-actions">
          <IconButton icon={chosen === "dark" ? "moon" : "sun"} label={`Theme: ${chosen}. Change`} onClick={() => setChosen(nextTheme())} />
          <IconButton icon="help" label="Keyboard shortcuts" onClick={() => setHelp(true)} />
        </div>
      </header>
      <nav class="side" aria-label="Main">
        <ul>
          {pages.map(({ path: to, title, menu }) =>
            menu === undefined ? null : (
              <li key={to}>
                <a
                  href={to}
                  aria-current={section === to ? "page" : undefined}
                  title={`${title} (g ${menu.key})`}
                  class={to === "/new" ? "new" : ""}
                >
                  <Icon name={menu.icon} />
                  <span>{to === "/settings" ? "System" : title}</span>
                </a>
              </li>
            )
          )}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <ServerBanner />
        <Outlet key={entry?.path ?? path} entry={entry} params={params} />
      </main>
      <KeyboardHelp open={help} onClose={() => setHelp(false)} />
      <Toasts />
    </>
  )
}
