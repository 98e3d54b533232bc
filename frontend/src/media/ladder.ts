/** How a picture travels. */
export type Way = 'interactive' | 'hls' | 'native'
export type Rung = 'original' | 'low' | 'audio'
export type RungChoice = 'auto' | Rung
export type Mode = 'closest' | 'stable'

const WINDOW_MS = 20_000
const TOO_OFTEN = 3
/** On the small picture waits first lengthen the lead; only when that does not help does another way. */
const TOO_OFTEN_SMALL = 8
const FIRST_TRY_MS = 60_000
const LONGEST_TRY_MS = 15 * 60_000

/** A step the ladder takes by itself; each is said on screen. */
export type Step = 'small' | 'steady' | 'better'

/**
 * Decides when a line is too narrow for what is shown: first the small picture, then the steadier way. After a calm time
 * it tries the original again, less often each time that fails.
 */
export class Ladder {
  rung: Rung = 'original'
  steady = false
  #troubles: number[] = []
  #calmSince: number
  #tryAfter = FIRST_TRY_MS
  #triedAt = Number.NEGATIVE_INFINITY

  constructor(now: number) {
    this.#calmSince = now
  }

  /** Start on the small picture (the browser says the line is narrow or the viewer saves data). */
  startSmall(now: number): void {
    this.rung = 'low'
    this.#calmSince = now
  }

  /** A wait or an overflow; `weight` 3 is enough alone. Returns the step taken, if any. */
  trouble(now: number, weight = 1): Step | null {
    this.#calmSince = now
    for (let count = 0; count < weight; count += 1) this.#troubles.push(now)
    this.#troubles = this.#troubles.filter((at) => now - at < WINDOW_MS)
    if (this.#troubles.length < (this.rung === 'original' ? TOO_OFTEN : TOO_OFTEN_SMALL)) return null
    this.#troubles = []
    if (this.rung === 'original') {
      if (now - this.#triedAt < FIRST_TRY_MS) this.#tryAfter = Math.min(LONGEST_TRY_MS, this.#tryAfter * 2)
      this.rung = 'low'
      return 'small'
    }
    if (this.steady) return null
    this.steady = true
    return 'steady'
  }

  /** Ask from time to time: may the original be tried again? */
  calm(now: number): Step | null {
    if (this.rung === 'original' || now - this.#calmSince < this.#tryAfter) return null
    this.#calmSince = now
    this.#triedAt = now
    this.#troubles = []
    this.rung = 'original'
    this.steady = false
    return 'better'
  }

  /** The viewer chose: forget what we learnt. */
  reset(now: number): void {
    this.rung = 'original'
    this.steady = false
    this.#troubles = []
    this.#calmSince = now
    this.#tryAfter = FIRST_TRY_MS
  }
}

/** True when the browser itself says that the original would not fit. */
export function lineIsNarrow(): boolean {
  const line = (navigator as { connection?: { downlink?: number; saveData?: boolean; effectiveType?: string } }).connection
  if (!line) return false
  return Boolean(line.saveData) || line.effectiveType === '2g' || line.effectiveType === 'slow-2g' || (line.downlink ?? 10) < 1
}
