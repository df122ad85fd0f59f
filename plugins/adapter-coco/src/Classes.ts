/**
 * Classes and their order, and the categories of every annotation file in it.
 *
 * A mask needs a class for what no annotation covers: with `task = "segmentation"` class 0 is `background`, and the categories follow from
 * 1. Sharp edge: a mask holds one byte per pixel and 255 means "ignore", so there are at most 254 categories.
 */
import { createHash } from "node:crypto"
import type { Task } from "./Options.ts"

export const BACKGROUND = "background"
export const IGNORE_LABEL = 255
export const MAX_MASK_CATEGORIES = 254

export const classesOf = (task: Task, categories: ReadonlyArray<string>): ReadonlyArray<string> =>
  task === "segmentation" ? [BACKGROUND, ...categories] : categories

/** `keypoints`: how many every class has. */
export const fingerprintOf = (task: Task, classes: ReadonlyArray<string>, keypoints: ReadonlyArray<number>): string =>
  createHash("sha256")
    .update(JSON.stringify([task, classes, keypoints]))
    .digest("hex")
