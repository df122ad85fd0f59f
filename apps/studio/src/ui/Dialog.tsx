/** The browser's own dialog: focus stays inside, Escape closes, the page behind is inert. */
import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { IconButton } from "./Basics.tsx"

export const Dialog = ({
  open,
  onClose,
  title,
  children,
  footer,
  wide = false
}: {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ComponentChildren
  readonly footer?: ComponentChildren
  readonly wide?: boolean
}) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    if (element === null) return
    if (open && !element.open) element.showModal()
    if (!open && element.open) element.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      class={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={onClose}
      onKeyDown={() => {}}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      {open ? (
        <div class="dialog-box">
          <header class="dialog-head">
            <h2 id={id}>{title}</h2>
            <IconButton icon="cross" label="Close" onClick={onClose} />
          </header>
          <div class="dialog-body">{children}</div>
          {footer === undefined ? null : <footer class="dialog-foot">{footer}</footer>}
        </div>
      ) : null}
    </dialog>
  )
}
