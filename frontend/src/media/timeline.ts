/** A place where media time and the picture's wall clock are both known. */
export interface Anchor {
  media: number
  clock: number
}

/** Seconds of wall clock without a picture. */
export interface Gap {
  from: number
  to: number
}

const SAME = 0.02
const GAP = 0.25

/**
 * The picture's clock: media seconds to wall clock seconds and back. Between two anchors media time advances as the wall
 * clock does; where it does not, there is a gap, and a clock inside it belongs to the next picture.
 */
export class Timeline {
  #anchors: Anchor[] = []
  #holes: Gap[] = []
  /** Media seconds where the last known picture ends; lets `mediaAt` say that a clock is past the end. */
  end = Number.POSITIVE_INFINITY

  constructor(anchors: Anchor[] = []) {
    for (const anchor of anchors) this.add(anchor.media, anchor.clock)
  }

  get anchors(): readonly Anchor[] {
    return this.#anchors
  }

  get empty(): boolean {
    return this.#anchors.length === 0
  }

  add(media: number, clock: number): void {
    const list = this.#anchors
    let at = list.length
    while (at > 0 && list[at - 1]!.media > media + SAME) at -= 1
    const before = list[at - 1]
    if (before && Math.abs(before.media - media) <= SAME) list[at - 1] = { media, clock }
    else list.splice(at, 0, { media, clock })
  }

  /** Media time runs on here, but the pictures are lost. */
  addHole(from: number, to: number): void {
    const last = this.#holes.at(-1)
    if (last && from - last.to < GAP) last.to = to
    else this.#holes.push({ from, to })
  }

  /** Forget what lies long before this media time (a live picture runs for hours). */
  forgetBefore(media: number): void {
    while (this.#anchors.length > 2 && this.#anchors[1]!.media < media) this.#anchors.shift()
  }

  clear(): void {
    this.#anchors = []
    this.#holes = []
    this.end = Number.POSITIVE_INFINITY
  }

  clockAt(media: number): number | null {
    const at = this.#lastAtOrBefore((anchor) => anchor.media, media + SAME)
    const anchor = this.#anchors[Math.max(0, at)]
    return anchor ? anchor.clock + media - anchor.media : null
  }

  mediaAt(clock: number): number | null {
    const at = this.#lastAtOrBefore((anchor) => anchor.clock, clock)
    const anchor = this.#anchors[Math.max(0, at)]
    if (!anchor) return null
    const next = this.#anchors[at + 1]
    const media = anchor.media + Math.max(0, clock - anchor.clock)
    return Math.min(media, next ? next.media : this.end)
  }

  /** True when a picture was taken at this clock (within the last known end). */
  has(clock: number): boolean {
    const at = this.#lastAtOrBefore((anchor) => anchor.clock, clock + SAME)
    const anchor = this.#anchors[at]
    if (!anchor || this.#holes.some(({ from, to }) => clock >= from && clock < to)) return false
    const next = this.#anchors[at + 1]
    return anchor.media + clock - anchor.clock <= Math.min(next ? next.media : this.end, this.end) + GAP
  }

  gaps(): Gap[] {
    const gaps: Gap[] = this.#holes.map((hole) => ({ ...hole }))
    for (let at = 1; at < this.#anchors.length; at += 1) {
      const before = this.#anchors[at - 1]!
      const after = this.#anchors[at]!
      const from = before.clock + after.media - before.media
      if (after.clock - from > GAP) gaps.push({ from, to: after.clock })
    }
    return gaps.sort((one, other) => one.from - other.from)
  }

  #lastAtOrBefore(key: (anchor: Anchor) => number, value: number): number {
    let low = 0
    let high = this.#anchors.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (key(this.#anchors[middle]!) <= value) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
