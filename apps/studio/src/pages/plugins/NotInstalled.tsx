/** Packages of the project that the project file does not list, each with the line that installs it. */
import { useQuery } from "../../api.ts"
import { Badge, CopyButton } from "../../ui/index.ts"
import { type FirstParty, notListed } from "./model/firstParty.ts"
import type { Entry } from "./model/plugins.ts"
import "./plugins.css"

export const Installable = ({ packages }: { readonly packages: ReadonlyArray<FirstParty> }) => (
  <ul class="installable">
    {packages.map(({ name, what, kinds }) => (
      <li key={name}>
        <p class="row">
          <strong>{name}</strong>
          {kinds.map((kind) => (
            <Badge key={kind}>{kind}</Badge>
          ))}
        </p>
        <p class="muted">{what}</p>
        <p class="row">
          <code>npm install {name}</code>
          <CopyButton text={`npm install ${name}`} label="Copy" what="Copied the command" />
        </p>
      </li>
    ))}
  </ul>
)

export const HowToInstall = () => (
  <p class="muted">
    Install a package in the folder of the project, then add its name to <code>plugins</code> in <code>feagi-trainer.toml</code> and start
    the server again. Nothing is loaded that is not listed there.
  </p>
)

/** Packages that would bring entries of a kind; nothing where all of them are listed. */
export const MoreOf = ({ kind, what }: { readonly kind: string; readonly what: string }) => {
  const entries = useQuery<ReadonlyArray<Entry>>("plugin.ls", {})
  const more =
    entries.data === undefined
      ? []
      : notListed(
          entries.data.map((each) => ({ name: each.package })),
          kind
        )
  return more.length === 0 ? null : (
    <details class="more-of">
      <summary>
        {what} of packages that are not installed ({more.length})
      </summary>
      <HowToInstall />
      <Installable packages={more} />
    </details>
  )
}
