import type { Trouble } from '../health/report'

export const VIDEO_CONFIG = 1
export const VIDEO_FRAME = 2
export const AUDIO_CONFIG = 3
export const AUDIO_FRAME = 4
export const CONTAINER = 5
const HEADER = 10
const BACKOFF = [0.5, 1, 2, 3, 5]
/** Troubles that pass by themselves: the old line of this very browser, or a restart. */
const PASSING = ['second_publisher', 'restart', 'restarting', 'not_open_yet']

export interface Hello {
  type: 'hello'
  video: { codec: string; width: number; height: number; framerate: number } | null
  audio: { codec: string; sampleRate: number; channels: number } | null
  container: string | null
}

export interface LineEvents {
  /** The server has our hello: configs and a key frame must come first now. */
  ready(): void
  key(): void
  counted(frames: { video: number; audio: number; behind_ms?: number }): void
  trouble(trouble: Trouble, fatal: boolean): void
  lost(retryIn: number): void
}

type Answer =
  | { type: 'ok'; what: 'hello' | 'publishing' }
  | { type: 'ok'; what: 'frames'; video: number; audio: number; behind_ms?: number }
  | { type: 'key' }
  | ({ type: 'trouble'; fatal: boolean } & Trouble)

/** One message of the browser's wire (see glisson.streaming.browser): kind, flags, microseconds, payload. */
export function packMessage(kind: number, key: boolean, microseconds: number, payload: ArrayBuffer | Uint8Array): ArrayBuffer {
  const bytes = payload instanceof Uint8Array ? payload : new Uint8Array(payload)
  const message = new ArrayBuffer(HEADER + bytes.byteLength)
  const view = new DataView(message)
  view.setUint8(0, kind)
  view.setUint8(1, key ? 1 : 0)
  view.setBigInt64(2, BigInt(Math.round(microseconds)))
  new Uint8Array(message, HEADER).set(bytes)
  return message
}

/** The WebSocket to the theatre's picture server, opened again until it is closed on purpose. */
export class PublishLine {
  #socket: WebSocket | null = null
  #ready = false
  #closed = false
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly address: string, private readonly hello: Hello, private readonly events: LineEvents) {
    this.#open()
  }

  get ready(): boolean {
    return this.#ready
  }

  /** Bytes that wait to leave this computer. */
  get waiting(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  send(kind: number, key: boolean, microseconds: number, payload: ArrayBuffer | Uint8Array): boolean {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(packMessage(kind, key, microseconds, payload))
    return true
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: 'bye' }))
    this.#socket?.close()
    this.#socket = null
    this.#ready = false
  }

  #open(): void {
    const socket = new WebSocket(this.address)
    this.#socket = socket
    socket.onopen = () => socket.send(JSON.stringify(this.hello))
    socket.onmessage = (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Answer)
    socket.onclose = () => this.#ended()
  }

  #take(answer: Answer): void {
    if (answer.type === 'key') this.events.key()
    else if (answer.type === 'trouble') {
      const stays = answer.fatal && !PASSING.includes(answer.code)
      if (stays) this.#closed = true
      this.events.trouble(answer, stays)
    } else if (answer.what === 'frames') {
      this.#tries = 0
      this.events.counted(answer)
    } else if (answer.what === 'hello') {
      this.#ready = true
      this.events.ready()
    }
  }

  #ended(): void {
    this.#ready = false
    this.#socket = null
    if (this.#closed) return
    const pause = BACKOFF[Math.min(this.#tries, BACKOFF.length - 1)]!
    this.#tries += 1
    this.#timer = setTimeout(() => this.#open(), pause * 1000)
    this.events.lost(pause)
  }
}
