import type Hls from 'hls.js'
import type { ErrorData, HlsConfig, LevelDetails } from 'hls.js'
import type { Rung } from './ladder'
import type { LatencyControl } from './latency'
import type { Source, SourceEvents } from './source'
import { Timeline } from './timeline'
import { Undo } from '../page/signal'

const STABLE_LAG = 3
/** On a narrow line a round trip may take longer than a part lasts: whole segments, and the delay that they need. */
const NARROW_LAG = 8
const BACK_BUFFER = 30
const RETRY = [0.5, 1, 2, 4, 5]

export interface HlsOptions {
  address: string
  /** Media seconds to start at; the living edge when null. */
  startAt: number | null
  stable: boolean
  /** A recording (rewind or replay) rather than the living edge. */
  recorded: boolean
  /** Begin with the smallest of several pictures. */
  startLow: boolean
  /** False leaves the first picture standing (a replay waits for its viewer). */
  play: boolean
}

/** True when hls.js can run here; false leaves the browser's own HLS. */
export function mediaSourceHere(): boolean {
  return 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis
}

export function nativeHlsHere(): boolean {
  return document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== ''
}

/**
 * Low-latency HLS and recordings by hls.js, fetched only when a picture travels this way. The delay is steered by the
 * playlist's hold-back; hls.js's own speeding up stays off (measured: it stalls).
 */
export class HlsSource implements Source {
  readonly way = 'hls'
  readonly timeline = new Timeline()
  readonly control: LatencyControl | null = null
  readonly seekable: boolean
  led = false
  #hls: Hls | null = null
  #closed = false
  #tries = 0
  #mended = 0
  #undo = new Undo()

  constructor(private readonly video: HTMLVideoElement, private readonly options: HlsOptions, private readonly events: SourceEvents) {
    this.seekable = options.recorded
    void this.#load()
    if (!options.recorded) {
      this.#undo.on(video, 'waiting', () => {
        if (!video.paused && !video.seeking && !document.hidden) events.trouble(1)
      })
    }
  }

  switchRung(_rung: Rung): boolean {
    return false
  }

  suspend(): void {
    this.#hls?.stopLoad()
  }

  close(): void {
    this.#closed = true
    this.#undo.all()
    this.#hls?.destroy()
    this.#hls = null
  }

  async #load(): Promise<void> {
    const { default: Player } = await import('hls.js/light')
    if (this.#closed) return
    const config: Partial<HlsConfig> = {
      enableWorker: false, // fragments need no transmuxing, and a worker from a blob would widen the page's policy
      lowLatencyMode: !this.options.recorded && !this.options.startLow,
      backBufferLength: BACK_BUFFER,
      maxBufferLength: this.options.recorded ? 20 : 10,
      ...(this.options.startLow ? { startLevel: 0 } : {}),
      startPosition: this.options.startAt ?? -1,
      xhrSetup: (request) => {
        request.withCredentials = true
      },
    }
    const hls = new Player(config)
    this.#hls = hls
    if (this.options.stable && !this.options.recorded) hls.targetLatency = this.options.startLow ? NARROW_LAG : STABLE_LAG
    hls.on(Player.Events.LEVEL_UPDATED, (_event, { details }) => this.#anchor(details))
    hls.on(Player.Events.LEVEL_PTS_UPDATED, (_event, { details }) => this.#anchor(details))
    hls.on(Player.Events.LEVEL_SWITCHED, (_event, { level }) => {
      const { width, height, codecSet } = hls.levels[level]!
      this.events.shape(width, height, codecSet)
    })
    hls.on(Player.Events.FRAG_BUFFERED, () => {
      this.#tries = 0
      this.events.alive()
    })
    hls.on(Player.Events.ERROR, (_event, data) => this.#error(data))
    hls.attachMedia(this.video)
    hls.loadSource(this.options.address)
    if (this.options.play) void this.video.play().catch(() => undefined)
  }

  /** hls.js moves fragments as it learns their true times: what it says now replaces what it said before. */
  #anchor(details: LevelDetails): void {
    if (details.fragments.some((fragment) => fragment.programDateTime)) this.timeline.clear()
    for (const fragment of details.fragments) {
      if (fragment.programDateTime) this.timeline.add(fragment.start, fragment.programDateTime / 1000)
    }
    if (!details.live) {
      this.timeline.end = details.edge
      if (!this.options.recorded) this.events.state('closed')
    }
  }

  #error(data: ErrorData): void {
    const status = data.response?.code
    if (status === 401 || status === 403) {
      this.events.denied('')
      this.#again()
      return
    }
    if (!data.fatal) return
    if (data.details === 'bufferAppendError' && this.options.recorded && data.frag) {
      this.#turnPage(data.frag.start)
      return
    }
    if (data.type === 'mediaError' && this.#mended < 3) {
      this.#mended += 1
      this.#hls?.recoverMediaError()
      return
    }
    if (data.details === 'manifestIncompatibleCodecsError') {
      this.events.unsupported(data.error?.message ?? '')
      return
    }
    this.#again()
  }

  /**
   * The recording changes its tracks here (sound came later than the picture, say), which hls.js cannot join to what is
   * buffered: show what there is, then begin anew behind the change.
   */
  #turnPage(start: number): void {
    const video = this.video
    const begin = (): void => {
      this.#hls?.destroy()
      this.#hls = null
      this.options.startAt = Math.max(start + 0.02, video.currentTime)
      this.options.play = !video.paused
      void this.#load()
    }
    if (start <= video.currentTime + 0.2) return begin()
    this.#hls?.stopLoad()
    const look = (): void => {
      const ranges = video.buffered
      const end = ranges.length ? ranges.end(ranges.length - 1) : 0
      if (video.currentTime < end - 0.15 && video.currentTime < start - 0.05) return
      clearInterval(timer)
      if (!this.#closed) begin()
    }
    const timer = setInterval(look, 50)
    this.#undo.add(() => clearInterval(timer))
  }

  /** Everything anew after a growing pause: the origin may be restarting. */
  #again(): void {
    const pause = RETRY[Math.min(this.#tries, RETRY.length - 1)]!
    this.#tries += 1
    this.#hls?.destroy()
    this.#hls = null
    if (this.options.recorded && this.video.currentTime > 0) this.options.startAt = this.video.currentTime
    this.events.lost(pause, true)
    const timer = setTimeout(() => void this.#load(), pause * 1000)
    this.#undo.add(() => clearTimeout(timer))
  }
}

/** The browser's own HLS (older iPhones): we promise no low latency there. */
export class NativeHls implements Source {
  readonly way = 'native'
  readonly timeline = new Timeline()
  readonly control: LatencyControl | null = null
  readonly seekable: boolean
  led = false
  #undo = new Undo()

  constructor(private readonly video: HTMLVideoElement, options: HlsOptions, events: SourceEvents) {
    this.seekable = options.recorded
    video.crossOrigin = 'use-credentials'
    video.src = options.address
    this.#undo.on(video, 'loadedmetadata', () => {
      this.#anchor()
      if (options.startAt !== null) video.currentTime = options.startAt
      events.shape(video.videoWidth, video.videoHeight, '')
      events.alive()
    })
    this.#undo.on(video, 'error', () => {
      events.denied('')
      events.lost(2, true)
      const timer = setTimeout(() => video.load(), 2000)
      this.#undo.add(() => clearTimeout(timer))
    })
    this.#undo.on(video, 'timeupdate', () => events.alive())
    if (options.play) void video.play().catch(() => undefined)
  }

  switchRung(): boolean {
    return false
  }

  suspend(): void {
    this.video.pause()
  }

  close(): void {
    this.#undo.all()
    this.video.removeAttribute('src')
    this.video.load()
  }

  #anchor(): void {
    const started = (this.video as { getStartDate?: () => Date }).getStartDate?.().getTime()
    if (started && Number.isFinite(started)) this.timeline.add(0, started / 1000)
  }
}
