/** Line drawings of 16 by 16; every one stands beside a word or under an accessible name, so all are hidden from screen readers. */
const paths: Readonly<Record<string, string>> = {
  home: "M2.5 7.5 8 3l5.5 4.5V13h-4V9.5h-3V13h-4z",
  plus: "M8 3v10M3 8h10",
  runs: "M2.5 4h11M2.5 8h11M2.5 12h7",
  history: "M8 4.5V8l2.5 1.5M2.8 6A5.5 5.5 0 1 1 2.5 8M2.5 3v3h3",
  compare: "M6 3v10M10 3v10M2.5 6 6 3M13.5 10 10 13",
  data: "M3 4.5c0-2.4 10-2.4 10 0v7c0 2.4-10 2.4-10 0zM3 4.5c0 2.4 10 2.4 10 0M3 8c0 2.4 10 2.4 10 0",
  brain:
    "M8 3.2C6.5 1.8 4 3 4.3 5 2.6 5.6 2.4 8 3.7 8.8c-.6 2 1 3.6 2.6 3.2.6.9 1.7.7 1.7 0zM8 3.2c1.5-1.4 4-.2 3.7 1.8 1.7.6 1.9 3 .6 3.8.6 2-1 3.6-2.6 3.2-.6.9-1.7.7-1.7 0",
  card: "M2.5 3.5h11v9h-11zM5 6.5h6M5 9.5h3.5",
  plug: "M6 2.5V6M10 2.5V6M4.5 6h7v2a3.5 3.5 0 0 1-7 0zM8 11.5v2",
  gear: "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM8 2v1.8M8 12.2V14M2 8h1.8M12.2 8H14M3.8 3.8 5 5M11 11l1.2 1.2M12.2 3.8 11 5M5 11l-1.2 1.2",
  search: "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 10l3.5 3.5",
  star: "m8 2.5 1.7 3.5 3.8.5-2.8 2.7.7 3.8L8 11.2 4.6 13l.7-3.8L2.5 6.5l3.8-.5z",
  archive: "M2.5 3.5h11v3h-11zM3.5 6.5v6h9v-6M6.5 9h3",
  tag: "M2.5 8.2V3h5.2l5.8 5.8-5 5zM5.4 5.9h.1",
  note: "M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3M5.5 8.5h5M5.5 11h3",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  link: "M6.5 9.5 9.5 6.5M7 4.5l1-1a3.2 3.2 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1A3.2 3.2 0 0 1 3.5 8l1-1",
  terminal: "M2 3h12v10H2zM4.5 6l2 2-2 2M8 10.5h3",
  download: "M8 2.5v7M5 7l3 3 3-3M3 13h10",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  play: "M4.5 3v10l8-5z",
  pause: "M5 3.5v9M11 3.5v9",
  stop: "M4 4h8v8H4z",
  skip: "M3.5 3.5v9l6-4.5zM12 3.5v9",
  check: "m3 8.5 3.5 3.5L13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.3v.1",
  info: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 7.3V11M8 5.2v.1",
  down: "m4 6 4 4 4-4",
  up: "m4 10 4-4 4 4",
  right: "m6 4 4 4-4 4",
  left: "m10 4-4 4 4 4",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  pin: "M6 2.5h4l-.5 4 2 2.5h-7l2-2.5zM8 9v5",
  help: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.2 6.2c.2-2.2 3.8-2 3.6.2C9.700 7.600 8 7.700 8 9.200M8 11.300v.1",
  menu: "M2.500 4h11M2.500 8h11M2.500 12h11"
}

export type IconName = string

export const Icon = ({ name, fill = false }: { readonly name: IconName; readonly fill?: boolean }) => (
  <svg class={fill ? "icon-svg filled" : "icon-svg"} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={paths[name] ?? ""} />
  </svg>
)
