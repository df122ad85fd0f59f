/** Short messages that come and go, and the live region that tells them to readers who do not see them. */
import { useEffect, useState } from "preact/hooks"

export type Tone = "neutral" | "good" | "bad" | "warn" | "info"
interface Message {
  readonly id: number
  readonly text: string
  readonly tone: Tone
  readonly action?: { readonly label: string; readonly run: () => void }
}
let messages: ReadonlyArray<Message> = []
let spoken = ""
let count = 0
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

/** Shows a message for some seconds; with an action, such as undo, for longer. */
export const toast = (text: string, options: { readonly tone?: Tone; readonly action?: Message["action"] } = {}): void => {
  count++
  const id = count
  const message: Message = {
    id,
    text,
    tone: options.tone ?? "neutral",
    ...(options.action === undefined ? {} : { action: options.action })
  }
  messages = [...messages.slice(-3), message]
  spoken = text
  tell()
  setTimeout(() => dismiss(id), options.action === undefined ? 4000 : 9000)
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
            <span>{message.text}</span>
            {message.action === undefined ? null : (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  message.action?.run()
                  dismiss(message.id)
                }}
              >
                {message.action.label}
              </button>
            )}
            <button type="button" class="icon" aria-label="Dismiss" onClick={() => dismiss(message.id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </>
  )
}
