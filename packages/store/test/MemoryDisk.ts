/**
 * A disk in memory that knows what is durable: bytes after `sync` of their file, names after `syncFolder` of their folder. A power loss
 * leaves exactly that, or that and any choice of the names that were still on their way.
 */
import type { BlobFilesShape } from "../src/index.ts"

interface Inode {
  readonly folder: boolean
  live: Uint8Array
  synced: Uint8Array
}

const errno = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))

export class MemoryDisk implements BlobFilesShape {
  readonly #live = new Map<string, Inode>()
  readonly #durable = new Map<string, Inode>()
  readonly #open = new Map<number, { readonly inode: Inode; at: number }>()
  #next = 3

  constructor(root: string) {
    const inode = { folder: true, live: new Uint8Array(), synced: new Uint8Array() }
    this.#live.set(root, inode)
    this.#durable.set(root, inode)
  }

  /** The disk after the power came back. `survives` decides about names that were not synced; bytes that were not synced are gone. */
  afterPowerLoss(survives: (path: string) => boolean): MemoryDisk {
    const disk = new MemoryDisk("")
    const names = new Map<string, Inode>(this.#durable)
    for (const [path, inode] of this.#live) if (survives(path)) names.set(path, inode)
    for (const path of this.#durable.keys()) if (!this.#live.has(path) && survives(path)) names.delete(path)
    for (const [path, inode] of names) {
      const reachable = path === "" || [...parents(path)].every((parent) => names.has(parent))
      const copy = { folder: inode.folder, live: inode.synced, synced: inode.synced }
      if (!reachable) continue
      disk.#live.set(path, copy)
      disk.#durable.set(path, copy)
    }
    return disk
  }

  #inode(path: string): Inode {
    const inode = this.#live.get(path)
    if (inode === undefined) throw errno("ENOENT", path)
    return inode
  }

  #handle(file: number): { readonly inode: Inode; at: number } {
    const handle = this.#open.get(file)
    if (handle === undefined) throw errno("EBADF", String(file))
    return handle
  }

  #opened(inode: Inode): number {
    this.#next += 1
    this.#open.set(this.#next, { inode, at: 0 })
    return this.#next
  }

  /** How many files are open: none may be left when all is done. */
  get openFiles(): number {
    return this.#open.size
  }

  makeFolder = (path: string): void => {
    this.#inode(parentOf(path))
    if (!this.#live.has(path)) this.#live.set(path, { folder: true, live: new Uint8Array(), synced: new Uint8Array() })
  }

  create = (path: string): number => {
    this.#inode(parentOf(path))
    if (this.#live.has(path)) throw errno("EEXIST", path)
    const inode = { folder: false, live: new Uint8Array(), synced: new Uint8Array() }
    this.#live.set(path, inode)
    return this.#opened(inode)
  }

  write = (file: number, bytes: Uint8Array): number => {
    const { inode } = this.#handle(file)
    const longer = new Uint8Array(inode.live.length + bytes.length)
    longer.set(inode.live)
    longer.set(bytes, inode.live.length)
    inode.live = longer
    return bytes.length
  }

  sync = (file: number): void => {
    const { inode } = this.#handle(file)
    inode.synced = inode.live
  }

  close = (file: number): void => {
    this.#handle(file)
    this.#open.delete(file)
  }

  rename = (from: string, to: string): void => {
    const inode = this.#inode(from)
    this.#inode(parentOf(to))
    this.#live.delete(from)
    this.#live.set(to, inode)
  }

  syncFolder = (path: string): void => {
    this.#inode(path)
    for (const name of [...this.#durable.keys()])
      if (name !== path && parentOf(name) === path && !this.#live.has(name)) this.#durable.delete(name)
    for (const [name, inode] of this.#live) if (name !== path && parentOf(name) === path) this.#durable.set(name, inode)
  }

  open = (path: string): number | undefined => {
    const inode = this.#live.get(path)
    return inode === undefined ? undefined : this.#opened(inode)
  }

  read = (file: number, into: Uint8Array): number => {
    const handle = this.#handle(file)
    const piece = handle.inode.live.subarray(handle.at, handle.at + into.length)
    into.set(piece)
    handle.at += piece.length
    return piece.length
  }

  size = (file: number): number => this.#handle(file).inode.live.length

  remove = (path: string): void => {
    this.#live.delete(path)
  }

  list = (path: string): ReadonlyArray<{ readonly name: string; readonly kind: "file" | "folder"; readonly bytes: number }> =>
    [...this.#live]
      .filter(([name]) => name !== path && parentOf(name) === path)
      .map(([name, inode]) => ({
        name: name.slice(path.length + 1),
        kind: inode.folder ? ("folder" as const) : ("file" as const),
        bytes: inode.live.length
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
}

const parents = function* (path: string): Iterable<string> {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) yield path.slice(0, at)
}
