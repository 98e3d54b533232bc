import type { Rung } from './ladder'

export interface InitMessage {
  type: 'init'
  number: number
  codecs: string
  width: number
  height: number
  epoch: number
}

/** What the live process says between the pictures. */
export type WireMessage =
  | InitMessage
  | { type: 'clock'; start: number; clock: number }
  | { type: 'gap' }
  | { type: 'skip' }
  | { type: 'state'; state: string }
  | { type: 'denied'; why?: string }

export interface WireEvents {
  init(message: InitMessage, data: ArrayBuffer): void
  clock(media: number, clock: number): void
  fragment(data: ArrayBuffer): void
  gap(): void
  skip(): void
  state(state: string): void
  denied(why: string): void
  /** The line is gone; the next try comes in so many seconds. `opened` says whether it had ever been up. */
  lost(retryIn: number, opened: boolean): void
  open(): void
}

const TICKS = 90_000
const BACKOFF = [0.25, 0.5, 1, 2, 4, 5]
const STEADY_MS = 5000
const DENIED = 4403

/** One WebSocket of one rung, opened again with growing pauses for as long as it is wanted. */
export class Wire {
  #socket: WebSocket | null = null
  #pending: InitMessage | null = null
  #tries = 0
  #openedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false
  readonly #online = (): void => this.#retryNow()

  constructor(readonly address: string, private readonly events: WireEvents) {
    globalThis.addEventListener?.('online', this.#online)
    this.#open()
  }

  /** Another rung from its next key frame, on the same line. */
  switchRung(rung: Rung): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify({ type: 'rung', rung }))
    return true
  }

  /** Drop the line and open it at once: a fresh init and the newest key frame come. */
  restart(): void {
    this.#drop()
    this.#tries = 0
    this.#open()
  }

  close(): void {
    this.#closed = true
    globalThis.removeEventListener?.('online', this.#online)
    this.#drop()
  }

  #drop(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  #retryNow(): void {
    if (this.#closed || this.#socket) return
    clearTimeout(this.#timer)
    this.#open()
  }

  #open(): void {
    if (this.#closed) return
    const socket = new WebSocket(this.address)
    this.#socket = socket
    this.#pending = null
    this.#openedAt = 0
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.#openedAt = Date.now()
      this.events.open()
    }
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#take(event.data)
    socket.onclose = (event) => this.#ended(event.code)
  }

  #ended(code: number): void {
    this.#socket = null
    if (this.#closed) return
    if (code === DENIED) this.events.denied('')
    const opened = this.#openedAt > 0
    if (opened && Date.now() - this.#openedAt > STEADY_MS) this.#tries = 0
    const pause = BACKOFF[Math.min(this.#tries, BACKOFF.length - 1)]! * (0.8 + Math.random() * 0.4)
    this.#tries += 1
    this.#timer = setTimeout(() => this.#open(), pause * 1000)
    this.events.lost(pause, opened)
  }

  #take(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      const init = this.#pending
      this.#pending = null
      if (init) this.events.init(init, data)
      else this.events.fragment(data)
      return
    }
    const message = JSON.parse(data) as WireMessage
    if (message.type === 'init') this.#pending = message
    else if (message.type === 'clock') this.events.clock(message.start / TICKS, message.clock)
    else if (message.type === 'gap') this.events.gap()
    else if (message.type === 'skip') this.events.skip()
    else if (message.type === 'state') this.events.state(message.state)
    else if (message.type === 'denied') this.events.denied(message.why ?? '')
  }
}
