import { groupBase } from '../page/data'
import type { Pass } from '../page/pass'
import { Signal, Undo } from '../page/signal'
import type { HealthDocument } from './report'

const SILENT_MS = 3500
const RETRY_MS = 2000

/** The health document once a second, and since when there is none. */
export class HealthEvents {
  readonly document = new Signal<HealthDocument | null>(null)
  /** When we last heard, ms since 1970; 0 means never. Null while all is well. */
  readonly silentSince = new Signal<number | null>(null)
  #source: EventSource | null = null
  #heardAt = 0
  #openedAt = Date.now()
  #timer: ReturnType<typeof setTimeout> | undefined
  #undo = new Undo()

  static readonly #shared = new Map<Pass, HealthEvents>()
  #users = 0

  /** One stream for a page, however many cards it shows: browsers allow few connections to one server. */
  static of(pass: Pass): HealthEvents {
    const events = HealthEvents.#shared.get(pass) ?? new HealthEvents(pass)
    HealthEvents.#shared.set(pass, events)
    events.#users += 1
    return events
  }

  private constructor(private readonly pass: Pass) {
    this.#open()
    this.#undo.every(500, () => this.#look())
  }

  close(): void {
    this.#users -= 1
    if (this.#users > 0) return
    HealthEvents.#shared.delete(this.pass)
    this.#undo.all()
    clearTimeout(this.#timer)
    this.#source?.close()
  }

  #open(): void {
    this.#source?.close()
    const source = new EventSource(`${groupBase(this.pass.data.value)}/health/events`, { withCredentials: true })
    this.#source = source
    source.onmessage = (event: MessageEvent<string>) => {
      this.#heardAt = Date.now()
      this.silentSince.value = null
      this.document.value = JSON.parse(event.data) as HealthDocument
    }
    source.addEventListener('denied', () => void this.#again())
    source.onerror = () => {
      // a refused or broken answer is final for the browser: we ask again, with a fresh pass
      if (source.readyState === EventSource.CLOSED) void this.#again()
    }
  }

  async #again(): Promise<void> {
    this.#source?.close()
    clearTimeout(this.#timer)
    await this.pass.renew()
    if (!this.pass.ended.value) this.#timer = setTimeout(() => this.#open(), RETRY_MS)
  }

  #look(): void {
    const last = this.#heardAt || this.#openedAt
    if (Date.now() - last > SILENT_MS) this.silentSince.value = this.#heardAt
  }
}
