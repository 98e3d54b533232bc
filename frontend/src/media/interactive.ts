import { canDecode, FeedBuffer } from './buffer'
import { CALM, CLOSEST, LatencyControl, NARROW, type LatencyRange } from './latency'
import type { Rung } from './ladder'
import { bufferedEnd, setRate, type Source, type SourceEvents } from './source'
import { Timeline } from './timeline'
import { Undo } from '../page/signal'
import { Wire, type InitMessage } from './wire'

const TICK_MS = 100
const FIRST_PICTURE_MS = 2500
const STILL_MS = 2000
const AT_END = 0.06
const KEEP_CLOCK = 120
const FILL_MS = 4000
const SEEK_MS = 1200
const FLOW_MS = 3000
const FLOW_LEAST = 0.75

/**
 * The picture a quarter of a second behind life: fragments over a WebSocket into Media Source Extensions. The buffered
 * lead is held by small changes of speed; holes the encoder left are jumped; a broken decoder starts at the next init.
 */
export class Interactive implements Source {
  readonly way = 'interactive'
  readonly seekable = false
  readonly timeline = new Timeline()
  readonly control = new LatencyControl()
  led = false
  #wire: Wire
  #buffer: FeedBuffer | null = null
  #epoch = 0
  #small = false
  #onAir = false
  #suspended = false
  #closed = false
  #started = false
  #askedAt = performance.now()
  #stillSince = 0
  #lastTime = -1
  #rebuilds = 0
  #fillingSince: number | null = null
  #seekingSince: number | null = null
  #flow: { at: number; end: number } | null = null
  #undo = new Undo()

  constructor(
    private readonly video: HTMLVideoElement,
    address: string,
    rung: Rung,
    private readonly stable: boolean,
    private readonly events: SourceEvents,
  ) {
    this.control.use(this.#range(rung))
    this.#wire = new Wire(address, {
      open: () => this.#opened(),
      init: (message, data) => this.#init(message, data),
      clock: (media, clock) => this.timeline.add(media, clock),
      fragment: (data) => this.#fragment(data),
      gap: () => undefined, // the hole itself shows in the buffer, and is jumped there
      skip: () => events.trouble(2),
      state: (state) => this.#state(state),
      denied: (why) => {
        this.#onAir = false
        events.denied(why)
      },
      lost: (retryIn, opened) => this.#lost(retryIn, opened),
    })
    this.#undo.every(TICK_MS, () => this.#tick())
    this.#undo.on(video, 'waiting', () => this.#waiting())
    this.#undo.on(video, 'error', () => this.#broken('decode'))
    this.#undo.on(document, 'visibilitychange', () => {
      if (!document.hidden) this.#tick()
    })
  }

  #range(rung: Rung): LatencyRange {
    this.#small = rung !== 'original'
    if (this.stable) return CALM
    return rung === 'original' ? CLOSEST : NARROW
  }

  switchRung(rung: Rung): boolean {
    this.control.use(this.#range(rung))
    return this.#wire.switchRung(rung)
  }

  suspend(): void {
    if (this.#suspended) return
    this.#suspended = true
    this.#wire.close()
  }

  close(): void {
    this.#closed = true
    this.#undo.all()
    this.#wire.close()
    this.#buffer?.close()
    this.#buffer = null
    setRate(this.video, 1)
  }

  #opened(): void {
    this.#askedAt = performance.now()
    this.#stillSince = 0
  }

  #lost(retryIn: number, opened: boolean): void {
    this.#onAir = false
    this.#flow = null
    this.#askedAt = Number.POSITIVE_INFINITY
    this.events.lost(retryIn, opened)
  }

  #state(state: string): void {
    this.#onAir = state === 'on_air' || state === 'armed'
    if (this.#onAir) this.#askedAt = performance.now()
    this.events.state(state)
  }

  #init(message: InitMessage, data: ArrayBuffer): void {
    if (!canDecode(message.codecs)) {
      this.events.unsupported(message.codecs)
      return
    }
    if (!this.#buffer || (this.#epoch && this.#epoch !== message.epoch)) this.#rebuild()
    this.#epoch = message.epoch
    this.events.shape(message.width, message.height, message.codecs)
    this.#buffer!.init(message.codecs, data)
  }

  #rebuild(): void {
    this.#buffer?.close()
    this.#started = false
    if (this.#epoch) this.timeline.clear()
    this.#buffer = new FeedBuffer(this.video, {
      appended: () => this.#appended(),
      broken: (reason) => this.#broken(reason),
    })
  }

  #fragment(data: ArrayBuffer): void {
    this.#onAir = true
    this.#askedAt = Number.POSITIVE_INFINITY
    this.#buffer?.push(data)
    this.events.alive()
  }

  #appended(): void {
    const end = bufferedEnd(this.video)
    if (end === null || this.#started) return
    const start = this.video.buffered.start(this.video.buffered.length - 1)
    this.#started = true
    this.video.currentTime = Math.max(start, end - this.control.wanted)
    this.timeline.forgetBefore(end - KEEP_CLOCK)
    if (!this.#suspended) void this.video.play().catch(() => undefined)
  }

  #broken(reason: string): void {
    if (!this.#buffer || this.#suspended || this.#closed) return
    this.#rebuilds += 1
    console.warn(`The picture is rebuilt: ${reason}`)
    this.#buffer.close()
    this.#buffer = null
    this.#started = false
    // an init comes at once on a new line; a decoder that keeps failing must not spin
    setTimeout(() => this.#suspended || this.#closed || this.#wire.restart(), Math.min(5000, 100 * 2 ** Math.min(this.#rebuilds, 6)))
  }

  #waiting(): void {
    if (!this.#started || this.video.paused || this.video.seeking || !this.#onAir || document.hidden) return
    this.control.waited(performance.now())
    // go on only when the lead is there again: many short waits are worse than one
    this.#fillingSince = performance.now()
    this.video.pause()
    this.events.trouble(1)
  }

  /** True while the lead is being filled up. */
  #fill(end: number, now: number): boolean {
    if (this.#fillingSince === null) return false
    const full = end - this.video.currentTime >= this.control.wanted
    if (!full && now - this.#fillingSince < FILL_MS && this.#onAir) return true
    this.#fillingSince = null
    void this.video.play().catch(() => undefined)
    return false
  }

  /** Media that trickles in more slowly than it plays: the line is too narrow, long before the buffer shows it. */
  #watchFlow(end: number, now: number): void {
    if (!this.#onAir || document.hidden) this.#flow = null
    else if (!this.#flow) this.#flow = { at: now, end }
    else if (now - this.#flow.at > FLOW_MS) {
      const came = end - this.#flow.end
      const part = came / ((now - this.#flow.at) / 1000)
      this.#flow = { at: now, end }
      if (came > 0.02 && part < FLOW_LEAST) this.events.trouble(this.#small ? 1 : 3)
    }
  }

  #tick(): void {
    const now = performance.now()
    if (this.#suspended) return
    if (this.#onAir && now - this.#askedAt > FIRST_PICTURE_MS) {
      this.#askedAt = now
      this.events.trouble(3)
      if (this.#closed) return // that was enough: the picture now comes another way
    }
    const end = bufferedEnd(this.video)
    if (!this.#started || end === null) return
    this.#watchFlow(end, now)
    if (this.#closed || this.#fill(end, now) || this.video.paused || this.#isSeeking(end, now)) return
    this.#watchStill(now)
    if (this.#closed || this.#jumpGap(end)) return
    if (this.led) return
    const steer = this.control.steer(end - this.video.currentTime, now)
    setRate(this.video, steer.rate)
    if (steer.jumpToLag !== null) this.#seekNear(end, steer.jumpToLag)
  }

  /** A seek may land where the pictures are missing and never end: after a while go where there are some. */
  #isSeeking(end: number, now: number): boolean {
    if (!this.video.seeking) {
      this.#seekingSince = null
      return false
    }
    this.#seekingSince ??= now
    if (now - this.#seekingSince > SEEK_MS) {
      this.#seekingSince = now
      this.#seekNear(end, this.control.wanted)
    }
    return true
  }

  #watchStill(now: number): void {
    if (this.video.currentTime !== this.#lastTime) {
      this.#lastTime = this.video.currentTime
      this.#stillSince = now
    } else if (this.#onAir && !document.hidden && now - this.#stillSince > STILL_MS) {
      this.#stillSince = now
      this.events.trouble(1)
    }
  }

  #seekNear(end: number, lag: number): void {
    const last = this.video.buffered.length - 1
    const to = Math.max(this.video.buffered.start(last), end - lag)
    if (Math.abs(to - this.video.currentTime) > 0.05) this.video.currentTime = to
  }

  /** At the end of a range with another ahead: a hole the encoder left. Go over it. */
  #jumpGap(end: number): boolean {
    const ranges = this.video.buffered
    const now = this.video.currentTime
    for (let at = 0; at < ranges.length; at += 1) {
      if (ranges.start(at) <= now + 0.001) continue
      const before = at > 0 ? ranges.end(at - 1) : 0
      if (before - now > AT_END) return false
      this.video.currentTime = Math.max(ranges.start(at) + 0.001, at === ranges.length - 1 ? end - this.control.wanted : 0)
      return true
    }
    return false
  }
}
