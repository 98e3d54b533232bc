/** The part of a MediaSource that we use; ManagedMediaSource has the same and two events more. */
type AnySource = MediaSource & { streaming?: boolean }
type SourceClass = { new (): AnySource; isTypeSupported(type: string): boolean }

const KEEP_BEHIND = 10
const TRIM_AT = 20
const JOIN_MAX = 16
const HELD_MS = 8000

function sourceClass(): { make: SourceClass; managed: boolean } | null {
  const scope = globalThis as unknown as { MediaSource?: SourceClass; ManagedMediaSource?: SourceClass }
  if (scope.MediaSource) return { make: scope.MediaSource, managed: false }
  if (scope.ManagedMediaSource) return { make: scope.ManagedMediaSource, managed: true }
  return null
}

export function canFeedVideo(): boolean {
  return sourceClass() !== null
}

/** The MIME type to ask a browser about, from the codecs of an init. */
export function mimeOf(codecs: string): string {
  const kind = /avc|hvc|hev|av01|vp0?9/.test(codecs) ? 'video' : 'audio'
  return `${kind}/mp4; codecs="${codecs}"`
}

export function canDecode(codecs: string): boolean {
  return sourceClass()?.make.isTypeSupported(mimeOf(codecs)) ?? false
}

interface Piece {
  data: ArrayBuffer
  /** Set on an init: the type the buffer must have from here on. */
  mime: string | null
  came: number
}

export interface BufferEvents {
  /** The decoder or the buffer gave up: everything must start anew from an init. */
  broken(reason: string): void
  appended(): void
}

/** Feeds one video element: one append for each `updateend`, trimmed behind, patient when the browser says it is full. */
export class FeedBuffer {
  readonly #source: AnySource
  readonly #url: string
  #buffer: SourceBuffer | null = null
  #mime = ''
  #queue: Piece[] = []
  #managed: boolean
  #dead = false

  constructor(private readonly video: HTMLVideoElement, private readonly events: BufferEvents) {
    const found = sourceClass()
    if (!found) throw new Error('no MediaSource')
    this.#managed = found.managed
    this.#source = new found.make()
    if (found.managed) video.disableRemotePlayback = true // otherwise sourceopen never comes on iOS
    this.#source.addEventListener('sourceopen', () => this.#next())
    this.#source.addEventListener('startstreaming', () => this.#next())
    this.#url = URL.createObjectURL(this.#source)
    video.src = this.#url
  }

  init(codecs: string, data: ArrayBuffer): void {
    this.#queue.push({ data, mime: mimeOf(codecs), came: performance.now() })
    this.#next()
  }

  push(data: ArrayBuffer): void {
    const now = performance.now()
    this.#queue.push({ data, mime: null, came: now })
    if (now - this.#queue[0]!.came > HELD_MS) this.#fail('held back too long')
    else this.#next()
  }

  close(): void {
    this.#dead = true
    this.#queue = []
    if (this.video.src === this.#url) {
      this.video.removeAttribute('src')
      this.video.load()
    }
    URL.revokeObjectURL(this.#url)
  }

  #fail(reason: string): void {
    if (this.#dead) return
    this.#dead = true
    this.events.broken(reason)
  }

  #next(): void {
    if (this.#dead || this.#source.readyState !== 'open' || this.#buffer?.updating) return
    if (this.#managed && this.#source.streaming === false) return
    const first = this.#queue[0]
    if (!first) return
    try {
      if (first.mime) this.#shape(first.mime)
      if (!this.#buffer || this.#trim()) return
      const taken = this.#join()
      this.#buffer.appendBuffer(taken.data)
      this.#queue.splice(0, taken.count)
    } catch (error) {
      this.#refused(error as DOMException)
    }
  }

  /** Several waiting fragments go in as one append; an init always goes alone. */
  #join(): { data: ArrayBuffer; count: number } {
    const first = this.#queue[0]!
    let count = 1
    if (!first.mime) while (count < JOIN_MAX && this.#queue[count] && !this.#queue[count]!.mime) count += 1
    if (count === 1) return { data: first.data, count }
    const parts = this.#queue.slice(0, count)
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.data.byteLength, 0))
    let at = 0
    for (const part of parts) {
      joined.set(new Uint8Array(part.data), at)
      at += part.data.byteLength
    }
    return { data: joined.buffer, count }
  }

  #shape(mime: string): void {
    if (!this.#buffer) {
      this.#buffer = this.#source.addSourceBuffer(mime)
      this.#buffer.addEventListener('updateend', () => {
        this.events.appended()
        this.#next()
      })
      this.#buffer.addEventListener('error', () => this.#fail('the buffer reported an error'))
    } else if (mime !== this.#mime) {
      this.#buffer.changeType(mime)
    }
    this.#mime = mime
  }

  /** Drop what was seen long ago; true when a removal is now running. */
  #trim(keep = KEEP_BEHIND, at = TRIM_AT): boolean {
    const ranges = this.#buffer!.buffered
    if (!ranges.length) return false
    const now = this.video.currentTime
    const start = ranges.start(0)
    if (now - start <= at || now - keep <= start) return false
    this.#buffer!.remove(0, now - keep)
    return true
  }

  #refused(error: DOMException): void {
    if (error.name !== 'QuotaExceededError') {
      this.#fail(`${error.name}: ${error.message}`)
      return
    }
    try {
      if (!this.#trim(1, 1.5)) this.#fail('the browser has no room')
    } catch {
      this.#fail('the browser has no room')
    }
  }
}
