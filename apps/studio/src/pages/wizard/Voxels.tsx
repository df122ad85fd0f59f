/** One sample as the brain would be shown it: the voxels of each area, slice by slice, and the same as a table. */
import { useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { inline, number } from "../../format.ts"
import { Answer, Button, KeyValue } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { exact, targetLine } from "./samples.ts"
import { type Area, slicesOf, strongest } from "./slices.ts"
import { useStill, type Wizard } from "./useWizard.ts"

interface BindingData {
  readonly sample_id: string
  readonly part: string | null
  readonly target: unknown
  readonly encoder: Readonly<Record<string, unknown>>
  readonly decoder: Readonly<Record<string, unknown>>
  readonly channels: ReadonlyArray<{
    readonly index: number
    readonly channel?: number
    readonly feature?: string | null
    readonly feature_value?: unknown
    readonly value?: unknown
    readonly lit: ReadonlyArray<{ readonly x: number; readonly y: number; readonly z: number; readonly potential: number }>
  }>
  readonly areas: ReadonlyArray<Area>
  readonly taught?: { readonly areas: ReadonlyArray<Area>; readonly unknown: unknown } | null
}

export const Voxels = ({ wizard }: { readonly wizard: Wizard }) => {
  const [open, setOpen] = useState(true)
  const [sample, setSample] = useState("latest")
  const [typed, setTyped] = useState("latest")
  const text = useStill(wizard.draft.text, 600)
  const ready = open && wizard.judgement.state === "fits"
  const binding = useQuery<BindingData>("binding.explain", ready ? { text, format: "toml", sample } : null, { keep: true })
  return (
    <details class="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="panel-head">
        <h2>One sample as voxels</h2>
        <span class="muted">what the brain would be shown</span>
      </summary>
      <div class="panel-body stack">
        {wizard.judgement.state === "fits" ? null : <p class="muted">It can be shown once nothing blocks the run file (step 3).</p>}
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault()
            setSample(typed.trim() === "" ? "latest" : typed.trim())
          }}
        >
          <label>
            Sample{" "}
            <input type="text" class="mono" value={typed} spellcheck={false} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
          <Button type="submit">Show</Button>
          <span class="muted">an id, a unique beginning of one, or latest</span>
        </form>
        <Answer query={binding} what="Encoding the sample">
          {(data) => (
            <>
              <KeyValue
                items={[
                  ["Sample", <code>{data.sample_id}</code>],
                  ["Part", data.part ?? "none"],
                  ["Target", targetLine(data.target)],
                  ["Encoder", inline(data.encoder.id)],
                  ["Decoder", inline(data.decoder.id)]
                ]}
              />
              {data.areas.map((area) => (
                <AreaView key={area.id} area={area} what="Shown to" />
              ))}
              {(data.taught?.areas ?? []).map((area) => (
                <AreaView key={`taught ${area.id}`} area={area} what="Taught in" />
              ))}
              <ChannelTable channels={data.channels} />
            </>
          )}
        </Answer>
      </div>
    </details>
  )
}

const AreaView = ({ area, what }: { readonly area: Area; readonly what: string }) => {
  const { slices, silent } = slicesOf(area)
  const most = strongest(area)
  return (
    <figure class="voxel-area">
      <figcaption>
        <strong>
          {what} {area.name}
        </strong>{" "}
        <span class="muted">
          {area.dimensions.join(" × ")} voxels, {area.voxels.length} of them fire
        </span>
      </figcaption>
      <div class="voxel-slices">
        {slices.slice(0, 24).map((slice) => {
          const size = Math.max(2, Math.min(14, Math.floor(560 / Math.max(1, slice.width)), Math.floor(320 / Math.max(1, slice.height))))
          return (
            <div key={slice.label}>
              <svg
                class="voxels"
                role="img"
                aria-label={`${area.name}, ${slice.label}: ${slice.cells.length} voxels fire`}
                width={slice.width * size + 1}
                height={slice.height * size + 1}
                viewBox={`0 0 ${slice.width * size + 1} ${slice.height * size + 1}`}
              >
                <rect class="voxel-ground" x="0.5" y="0.5" width={slice.width * size} height={slice.height * size} />
                {size < 5
                  ? null
                  : Array.from({ length: slice.width - 1 }, (_, index) => (
                      <line
                        key={`x${index}`}
                        x1={(index + 1) * size + 0.5}
                        x2={(index + 1) * size + 0.5}
                        y1="0.5"
                        y2={slice.height * size + 0.5}
                      />
                    ))}
                {size < 5
                  ? null
                  : Array.from({ length: slice.height - 1 }, (_, index) => (
                      <line
                        key={`y${index}`}
                        y1={(index + 1) * size + 0.5}
                        y2={(index + 1) * size + 0.5}
                        x1="0.5"
                        x2={slice.width * size + 0.5}
                      />
                    ))}
                {slice.cells.map((cell) => (
                  <rect
                    key={`${cell.column} ${cell.row}`}
                    class={cell.potential < 0 ? "voxel negative" : "voxel"}
                    x={cell.column * size + 0.5}
                    y={cell.row * size + 0.5}
                    width={size}
                    height={size}
                    fill-opacity={most === 0 ? 0 : 0.25 + (0.75 * Math.abs(cell.potential)) / most}
                  >
                    <title>
                      x {cell.voxel.x}, y {cell.voxel.y}, z {cell.voxel.z}: {number(cell.potential)}
                    </title>
                  </rect>
                ))}
              </svg>
              <div class="muted">{slice.label}</div>
            </div>
          )
        })}
      </div>
      {slices.length > 24 ? <p class="muted">The first 24 of {slices.length} slices.</p> : null}
      {silent > 0 ? <p class="muted">In {silent} more slices nothing fires.</p> : null}
    </figure>
  )
}

const ChannelTable = ({ channels }: { readonly channels: BindingData["channels"] }) => (
  <details>
    <summary>Voxels as a table ({channels.length} channels)</summary>
    <Scroll label="Channels">
      <table class="plain">
        <caption class="visually-hidden">Channels of the sample, their values and the voxels that fire</caption>
        <thead>
          <tr>
            <th scope="col" class="right">
              Channel
            </th>
            <th scope="col">Feature</th>
            <th scope="col" class="right">
              Value of the feature
            </th>
            <th scope="col" class="right">
              Coded value
            </th>
            <th scope="col">Voxels that fire (x y z: potential)</th>
          </tr>
        </thead>
        <tbody>
          {channels.slice(0, 500).map((channel) => (
            <tr key={channel.index}>
              <td class="right">{channel.channel ?? channel.index}</td>
              <td>{channel.feature ?? ""}</td>
              <td class="right">{exact(channel.feature_value)}</td>
              <td class="right">{inline(channel.value)}</td>
              <td class="mono">
                {channel.lit
                  .slice(0, 12)
                  .map((voxel) => `${voxel.x} ${voxel.y} ${voxel.z}: ${number(voxel.potential)}`)
                  .join("; ")}
                {channel.lit.length > 12 ? ` and ${channel.lit.length - 12} more` : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {channels.length > 500 ? <p class="muted">The first 500 of {channels.length} channels.</p> : null}
    </Scroll>
  </details>
)
