/** What the latency control asks of the video element. */
export interface Steer {
  rate: number
  /** Seek so that this much stays buffered ahead. */
  jumpToLag: number | null
}

export interface LatencyRange {
  start: number
  min: number
  max: number
}

/** Seconds of buffer ahead: a fast line, a narrow line, and what the viewer who wants calm gets. */
export const CLOSEST: LatencyRange = { start: 0.15, min: 0.15, max: 0.6 }
export const NARROW: LatencyRange = { start: 0.8, min: 0.5, max: 2.5 }
export const CALM: LatencyRange = { start: 1.5, min: 1.5, max: 3 }

const FAST = 1.08
const SLOW = 0.95
const SLACK = 0.08
const JUMP = 1
/** So long nothing must wait before the lead falls, and then it falls once a second, by half in about ten. */
const CALM_MS = 4_000
const FALL_MS = 1_000
const FALL = 0.06
const LEAST_FALL = 0.005
const HOLD_MAX = 3

/**
 * Keeps the buffered lead near a target. A TCP line cannot drop pictures, so without this a viewer drifts seconds behind.
 * The target rises at every wait and falls slowly while nothing waits; `hold` is what others in step need on top.
 */
export class LatencyControl {
  target: number
  hold = 0
  #range: LatencyRange
  #waitedAt = 0
  #fellAt = 0

  constructor(range: LatencyRange = CLOSEST) {
    this.#range = range
    this.target = range.start
  }

  use(range: LatencyRange): void {
    if (range === this.#range) return
    this.#range = range
    this.target = range === CALM ? range.start : Math.min(range.max, this.target < range.min ? range.start : this.target)
  }

  /** The lead we steer to now, seconds. */
  get wanted(): number {
    return Math.max(this.target, Math.min(this.hold, HOLD_MAX))
  }

  /** The picture stood still for want of data. */
  waited(now: number): void {
    this.#waitedAt = now
    this.target = Math.min(this.#range.max, this.target * 1.25 + 0.05)
  }

  /** `lag` is buffer end minus current time, seconds; negative when we stand before the buffer. */
  steer(lag: number, now: number): Steer {
    if (now - this.#waitedAt > CALM_MS && now - this.#fellAt >= FALL_MS && this.target > this.#range.min) {
      this.#fellAt = now
      this.target = Math.max(this.#range.min, this.target - Math.max(LEAST_FALL, FALL * (this.target - this.#range.min)))
    }
    const wanted = this.wanted
    if (lag > wanted + JUMP || lag < 0) return { rate: 1, jumpToLag: wanted }
    if (lag > wanted + SLACK) return { rate: FAST, jumpToLag: null }
    if (lag < wanted - SLACK) return { rate: SLOW, jumpToLag: null }
    return { rate: 1, jumpToLag: null }
  }
}
