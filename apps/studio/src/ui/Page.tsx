/** The frame of a page: where one is, its name, what can be done, and how to have the same elsewhere: link, command, file. */
import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"
import { print } from "../api.ts"
import { copy, save } from "../files.ts"
import { shellLine } from "../format.ts"
import { visible } from "../visible.ts"
import { Button, Menu } from "./Basics.tsx"

export interface PageFrame {
  readonly title: string
  /** The title with its parts marked up; left out: the title. */
  readonly heading?: ComponentChildren
  /** What stands over the title, from the outside in. */
  readonly crumbs?: ReadonlyArray<{ readonly label: string; readonly href: string }>
  /** Beside the title: badges, states. */
  readonly beside?: ComponentChildren
  readonly actions?: ComponentChildren
  /** `query.command`: the words behind `ftr`. */
  readonly command?: ReadonlyArray<string>
  /** What the page shows, as files: `json` any document, `csv` made when asked for. */
  readonly files?: { readonly name: string; readonly json?: unknown; readonly csv?: () => string }
  readonly children: ComponentChildren
}

export const Page = ({ title, heading = title, crumbs = [], beside, actions, command = [], files, children }: PageFrame) => {
  useEffect(() => {
    document.title = `${visible(title)} · FEAGI Trainer`
  }, [title])
  return (
    <div class="page">
      <header class="page-head">
        <div class="page-name">
          {crumbs.length === 0 ? null : (
            <nav aria-label="Breadcrumb" class="crumbs">
              {crumbs.map((crumb) => (
                <a key={crumb.href} href={crumb.href}>
                  {crumb.label}
                </a>
              ))}
            </nav>
          )}
          <div class="row">
            <h1 tabIndex={-1}>{heading}</h1>
            {beside}
          </div>
        </div>
        <div class="row page-actions">
          {actions}
          <Menu label="Share" icon="link">
            <Button tone="quiet" icon="link" onClick={() => copy(window.location.href, "Copied the link to this view")}>
              Copy link
            </Button>
            {command.length === 0 ? null : (
              <Button
                tone="quiet"
                icon="terminal"
                title={`ftr ${shellLine(command)}`}
                onClick={() => copy(`ftr ${shellLine(command)}`, "Copied the command")}
              >
                Copy command
              </Button>
            )}
            {files?.json === undefined ? null : (
              <Button tone="quiet" icon="download" onClick={() => save(`${files.name}.json`, `${print(files.json)}\n`, "application/json")}>
                Save as JSON
              </Button>
            )}
            {files?.csv === undefined ? null : (
              <Button tone="quiet" icon="download" onClick={() => save(`${files.name}.csv`, files.csv?.() ?? "", "text/csv")}>
                Save as CSV
              </Button>
            )}
            {command.length === 0 ? null : <code class="menu-command">ftr {shellLine(command)}</code>}
          </Menu>
        </div>
      </header>
      {children}
    </div>
  )
}
