import { Signal } from './signal'

/**
 * How far the server's clock is ahead of ours. The estimate of the shortest round trip wins, because its error is at
 * most half that trip.
 */
export class ServerTime {
  readonly offset = new Signal(0)
  #best = Number.POSITIVE_INFINITY
  #heardAt = 0

  /** Server seconds now. */
  now(): number {
    return Date.now() / 1000 + this.offset.value
  }

  /** A reading: the server said `serverNow` (seconds) between our `sent` and `received` (ms since 1970). */
  hear(serverNow: number, sent: number, received: number): void {
    const trip = received - sent
    const stale = received - this.#heardAt > 120_000
    if (!Number.isFinite(serverNow) || (trip >= this.#best && !stale)) return
    this.#best = trip
    this.#heardAt = received
    this.offset.value = serverNow - (sent + received) / 2000
  }

  /** The Date header counts whole seconds: believe it only when it shows a clock that is clearly wrong. */
  hearDate(header: string | null, sent: number, received: number): void {
    if (!header || this.#best < Number.POSITIVE_INFINITY) return
    const guess = Date.parse(header) / 1000 + 0.5 - (sent + received) / 2000
    if (Math.abs(guess) > 1.5 + (received - sent) / 1000) this.offset.value = guess
  }
}
