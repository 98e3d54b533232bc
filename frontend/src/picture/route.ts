import { canFeedVideo } from '../media/buffer'
import { mediaSourceHere, nativeHlsHere } from '../media/hls'
import { Ladder, lineIsNarrow, type Mode, type Rung, type RungChoice, type Step, type Way } from '../media/ladder'
import { Signal } from '../page/signal'

const FAILED_WAYS = 4

/** Which rung of a feed to show and how it travels: the viewer's choice, what the line taught us, what the browser can. */
export class Route {
  readonly choice = new Signal<RungChoice>('auto')
  readonly mode = new Signal<Mode>('closest')
  #ladder = new Ladder(performance.now())
  #avoid: Way | null = null
  #failed = 0

  constructor(public small: boolean) {
    if (lineIsNarrow()) this.#ladder.startSmall(performance.now())
  }

  get narrow(): boolean {
    return this.#ladder.rung === 'low'
  }

  get stable(): boolean {
    return this.mode.value === 'stable'
  }

  rung(): Rung {
    if (this.choice.value !== 'auto') return this.choice.value
    return this.small ? 'low' : this.#ladder.rung
  }

  way(recorded: boolean): Way {
    const hls: Way = mediaSourceHere() ? 'hls' : 'native'
    if (recorded) return hls
    if (this.small && canFeedVideo()) return 'interactive'
    const steady = this.stable || (this.#ladder.steady && this.choice.value === 'auto')
    if (steady && this.#avoid !== hls && (mediaSourceHere() || nativeHlsHere())) return hls
    return canFeedVideo() && this.#avoid !== 'interactive' ? 'interactive' : hls
  }

  /** The viewer chose: forget what we learnt. */
  reset(): void {
    this.#ladder.reset(performance.now())
  }

  trouble(weight: number): Step | null {
    if (this.choice.value !== 'auto' || this.small) return null
    return this.#ladder.trouble(performance.now(), weight)
  }

  calm(): Step | null {
    if (this.choice.value !== 'auto' || this.small) return null
    return this.#ladder.calm(performance.now())
  }

  worked(): void {
    this.#failed = 0
  }

  /**
   * A line could not be opened; true when the other way shall be tried. A proxy may let one way through and not the
   * other, or the interactive seats may be taken.
   */
  failed(): boolean {
    this.#failed += 1
    if (this.#failed < FAILED_WAYS) return false
    this.#failed = 0
    this.#avoid = this.#avoid === 'interactive' ? null : 'interactive'
    return true
  }
}
