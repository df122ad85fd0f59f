/** Saying that another scorecard is to be read instead: neither is changed, and the reason is kept with the link. */
import { useState } from "preact/hooks"
import { useAction, useQuery } from "../../api.ts"
import { number } from "../../format.ts"
import { Button, Dialog, Failed, Field, toast } from "../../ui/index.ts"
import { type CardRow, usualMetric } from "./model/cards.ts"

const isId = (text: string): boolean => /^sc-[0-9a-f]{12}$/.test(text)

/** `r-…-1 test, accuracy 0.9667`: what somebody knows a scorecard by. */
const aboutCard = ({ run_id, phase, metrics }: CardRow): string => {
  const metric = usualMetric(Object.keys(metrics))
  const value = metrics[metric]
  return `${run_id} ${phase}${value === undefined ? "" : `, ${metric} ${number(value)}`}`
}

export const Supersede = ({ id, open, onClose }: { readonly id: string; readonly open: boolean; readonly onClose: () => void }) => {
  const [by, setBy] = useState("")
  const [reason, setReason] = useState("")
  const cards = useQuery<ReadonlyArray<CardRow>>("scorecard.ls", open ? {} : null)
  const action = useAction("scorecard.supersede")
  const found = cards.data?.find((card) => card.scorecard_id === by.trim())
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Supersede this scorecard"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="danger"
            busy={action.busy}
            disabled={!isId(by.trim()) || by.trim() === id || reason.trim() === ""}
            onClick={async () => {
              const answer = await action.act({ scorecard: id, by: by.trim(), reason: reason.trim() })
              if (answer === undefined) return
              toast("Superseded; both scorecards stay as they are", { tone: "good" })
              onClose()
            }}
          >
            Supersede
          </Button>
        </>
      }
    >
      <p>
        Readers of <code>{id}</code> are sent to the other scorecard. Nothing is deleted or changed.
      </p>
      <Field
        label="Superseded by"
        hint="Choose one, or type its id."
        error={by.trim() === "" || (isId(by.trim()) && by.trim() !== id) ? "" : "the id of another scorecard: sc- and 12 hex digits"}
      >
        {(wiring) => (
          <>
            <input {...wiring} class="mono" type="text" list="cards" value={by} onInput={(event) => setBy(event.currentTarget.value)} />
            <datalist id="cards">
              {(cards.data ?? [])
                .filter((card) => card.scorecard_id !== id)
                .map((card) => (
                  <option key={card.scorecard_id} value={card.scorecard_id}>
                    {aboutCard(card)}
                  </option>
                ))}
            </datalist>
            {found === undefined ? null : <span class="muted">{aboutCard(found)}</span>}
          </>
        )}
      </Field>
      <Field label="Reason" hint="One sentence; it is kept with the link.">
        {(wiring) => (
          <textarea {...wiring} rows={2} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        )}
      </Field>
      {action.error === undefined ? null : <Failed error={action.error} />}
    </Dialog>
  )
}
