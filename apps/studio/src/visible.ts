/**
 * Characters that are not seen but change what is seen: control characters, and those that turn the direction of writing. They are written
 * as `\u{202e}` in every text and label of the page, by one hook of the view library, so that no page has to think of it. Sharp edge: what
 * is typed into, copied and saved keeps its characters; only what is read is altered.
 */
import { type ComponentChildren, options, type VNode } from "preact"

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text with such characters written out; tabs and ends of lines stay. */
export const visible = (text: string): string =>
  text.search(unseen) < 0 ? text : text.replace(unseen, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)

const shown = (children: ComponentChildren): ComponentChildren => {
  if (typeof children === "string") return visible(children)
  if (!Array.isArray(children)) return children
  return children.some((child) => shown(child) !== child) ? children.map(shown) : children
}

const labels = ["title", "aria-label", "label"] as const

/** Makes them visible in everything that is drawn from now on. */
export const showUnseen = (): void => {
  const before = options.vnode
  options.vnode = (vnode: VNode) => {
    const props = vnode.props as Record<string, unknown>
    const children = shown(vnode.props.children)
    if (children !== vnode.props.children) props.children = children
    if (typeof vnode.type === "string")
      for (const name of labels) {
        const label = props[name]
        if (typeof label === "string") props[name] = visible(label)
      }
    before?.(vnode)
  }
}
