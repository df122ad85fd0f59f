/** How the page looks, and what it runs on: checks with their way out, versions, and where the interface is described. */
import { useState } from "preact/hooks"
import { urlOf, useQuery } from "../../api.ts"
import { setTheme, type Theme, theme } from "../../theme.ts"
import { Answer, Badge, Button, CopyButton, Hash, Icon, KeyValue, Page, Panel } from "../../ui/index.ts"
import "./style.css"

interface Environment {
  readonly feagi_trainer: string
  readonly node: string
  readonly v8?: string
  readonly sqlite?: string
  readonly platform: string
  readonly release?: string
  readonly cpu?: Readonly<Record<string, boolean>>
  readonly toolchains?: Readonly<Record<string, string | null>>
  readonly arch: string
  readonly environment_sha256?: string
  readonly sha256?: string
  readonly plugins: ReadonlyArray<{
    readonly name: string
    readonly version: string
    readonly source: string
    readonly files_sha256: string
  }>
}
interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  readonly help: string
}

const themes: ReadonlyArray<readonly [Theme, string, string]> = [
  ["system", "As the system", "gear"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"]
]

export default function SettingsPage() {
  const [chosen, setChosen] = useState(theme)
  const environment = useQuery<Environment>("environment", {})
  const doctor = useQuery<ReadonlyArray<Check>>("doctor", {})
  const health = useQuery("health", {})
  return (
    <Page
      title="Settings and system"
      command={environment.command}
      files={{ name: "environment", ...(environment.data === undefined ? {} : { json: environment.data }) }}
    >
      <div class="columns">
        <div class="stack">
          <Panel title="Appearance">
            <fieldset class="settings-themes">
              <legend class="visually-hidden">Theme</legend>
              {themes.map(([value, label, icon]) => (
                <label key={value} class="check">
                  <input type="radio" name="theme" checked={chosen === value} onChange={() => setChosen(setTheme(value))} />
                  <Icon name={icon} />
                  {label}
                </label>
              ))}
            </fieldset>
            <p class="muted">
              Motion follows the setting of your system. Series use the colours of Okabe and Ito, which most people tell apart. Press{" "}
              <kbd>?</kbd> anywhere for the keyboard.
            </p>
          </Panel>
          <Panel
            title="Checks"
            actions={
              <Button tone="quiet" onClick={doctor.again} busy={doctor.state === "loading" && doctor.data !== undefined}>
                Check again
              </Button>
            }
          >
            <Answer query={doctor} what="Checking">
              {(checks) => (
                <ul class="settings-checks">
                  {checks.map((check) => (
                    <li key={check.check}>
                      <Badge tone={check.ok ? "good" : "bad"}>{check.ok ? "fine" : "wrong"}</Badge>
                      <strong>{check.check}</strong>
                      <span class="muted">{check.detail}</span>
                      {check.ok || check.help === "" ? null : <span class="settings-help">Way out: {check.help}</span>}
                    </li>
                  ))}
                </ul>
              )}
            </Answer>
          </Panel>
        </div>
        <div class="stack">
          <Panel
            title="About"
            actions={
              environment.data === undefined ? null : (
                <CopyButton text={JSON.stringify(environment.data, null, 2)} label="Copy for a bug report" what="Copied the environment" />
              )
            }
          >
            <Answer query={environment} what="Reading the environment">
              {(data) => (
                <KeyValue
                  items={[
                    ["FEAGI Trainer", data.feagi_trainer],
                    ["Node", data.node],
                    ["SQLite", data.sqlite],
                    ["System", [data.platform, data.release, data.arch].filter((part) => part !== undefined).join(" ")],
                    ["CPU features", Object.entries(data.cpu ?? {}).flatMap(([name, has]) => (has ? [name] : []))],
                    ...Object.entries(data.toolchains ?? {}).map(([name, version]) => [name, version ?? "not there"] as const),
                    ["Project", health.data?.project],
                    ["Store", health.data?.store],
                    ["Environment hash", <Hash key="hash" value={data.environment_sha256 ?? data.sha256} />],
                    [
                      "Interface",
                      <a key="api" href={urlOf("openapi")} target="_blank" rel="noreferrer">
                        OpenAPI document
                      </a>
                    ]
                  ]}
                />
              )}
            </Answer>
          </Panel>
          <Panel title="Plugin packages" actions={<a href="/plugins">What they offer</a>}>
            <Answer query={environment}>
              {(data) => (
                <table class="plain settings-plugins">
                  <thead>
                    <tr>
                      <th scope="col">Package</th>
                      <th scope="col">Version</th>
                      <th scope="col">Files</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.plugins.map((plugin) => (
                      <tr key={plugin.name}>
                        <td>{plugin.name.replace("@feagi-trainer/", "")}</td>
                        <td>{plugin.version}</td>
                        <td>
                          <Hash value={plugin.files_sha256} length={8} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Answer>
          </Panel>
        </div>
      </div>
    </Page>
  )
}
