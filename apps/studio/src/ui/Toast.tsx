/** Short messages that come and go, and the live region that tells them to readers who do not see them. */
import { useEffect, useState } from "preact/hooks"

export type Tone = "neutral" | "good" | "bad" | "warn" | "info"
interface Message {
  readonly id: number
  readonly text: string
  readonly tone: Tone
  readonly command: string | undefined
  readonly actions: ReadonlyArray<Action>
}
interface Action {
  readonly label: string
  readonly run: () => void
}
let messages: ReadonlyArray<Message> = []
let spoken = ""
let count = 0
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

/** Shows a message for some seconds, longer where it can be acted on. `command` says how to do the same at a prompt. */
export const toast = (
  text: string,
  {
    tone = "neutral",
    command,
    actions = []
  }: { readonly tone?: Tone; readonly command?: string; readonly actions?: ReadonlyArray<Action> } = {}
): void => {
  count++
  const id = count
  messages = [...messages.slice(-3), { id, text, tone, command, actions }]
  spoken = text
  tell()
  setTimeout(() => dismiss(id), actions.length === 0 ? 4000 : 9000)
}

/** Says something to readers who listen, and shows nothing. */
export const announce = (text: string): void => {
  spoken = text
  tell()
}

const dismiss = (id: number): void => {
  messages = messages.filter((message) => message.id !== id)
  tell()
}

export const Toasts = () => {
  const [, redraw] = useState(0)
  useEffect(() => {
    const update = () => redraw((now) => now + 1)
    listeners.add(update)
    return () => {
      listeners.delete(update)
    }
  }, [])
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
      <div class="toasts">
        {messages.map((message) => (
          <div key={message.id} class={`toast tone-${message.tone}`}>
            <span>
              {message.text}
              {message.command === undefined ? null : <code>{message.command}</code>}
            </span>
            {message.actions.map(({ label, run }) => (
              <button
                key={label}
                type="button"
                class="quiet"
                onClick={() => {
                  run()
                  dismiss(message.id)
                }}
              >
                {label}
              </button>
            ))}
            <button type="button" class="icon" aria-label="Dismiss" onClick={() => dismiss(message.id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </>
  )
}
