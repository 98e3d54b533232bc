import type { Pass } from '../page/pass'
import { Signal, Undo } from '../page/signal'
import type { Say, Word, Values } from '../words'
import { HlsSource, NativeHls, type HlsOptions } from '../media/hls'
import { Interactive } from '../media/interactive'
import type { Mode, Rung, RungChoice, Step, Way } from '../media/ladder'
import { setRate, type Source, type SourceEvents } from '../media/source'
import type { Stepper } from '../media/step'
import { socketAddress } from '../page/data'
import { fetchState } from '../page/state'
import { RecordedFeed } from './recorded'
import { Route } from './route'

export interface PictureOptions {
  /** `…/live/v/<group>/<feed>` */
  address: string
  pass: Pass | null
  say: Say
  title: string
  /** A picture that is only ever shown small. */
  small?: boolean
  /** A closed operation's recording: nothing is live, and nothing plays before the viewer asks. */
  replay?: boolean
}

/** What stands over the picture when it does not move; `busy` shows that we are at it. */
export interface Status {
  text: string
  busy: boolean
}

const REFUSALS = 3
const SILENT_MS = 900
const STALLED_MS = 4000
const EXPLAINED = ['waiting', 'armed', 'closed']
const STEP_WORDS: Record<Step, Word> = { small: 'slow_small', steady: 'slow_stable', better: 'back_to_original' }

/** One feed on one video element: chooses how it travels, falls back by itself and says what it does. */
export class Picture implements Stepper {
  readonly video: HTMLVideoElement
  readonly status = new Signal<Status | null>(null)
  readonly notice = new Signal<string>('')
  readonly latency = new Signal<number | null>(null)
  readonly rung = new Signal<Rung>('original')
  readonly way = new Signal<Way>('interactive')
  readonly shape = new Signal({ width: 0, height: 0, codecs: '' })
  readonly paused = new Signal(false)
  readonly recorded = new Signal(false)
  readonly feedState = new Signal('')
  readonly #route: Route
  readonly #recording: RecordedFeed
  source: Source | null = null
  #refusals = 0
  #running = false
  #suspended = false
  #hlsStart: number | null = null
  #absent = false
  #told = ''
  #aliveAt = 0
  #undo = new Undo()

  constructor(readonly options: PictureOptions) {
    this.video = document.createElement('video')
    this.video.muted = true
    this.video.playsInline = true
    this.video.disablePictureInPicture = false
    this.video.setAttribute('aria-label', this.#say('picture_label', { title: options.title }))
    this.recorded.value = Boolean(options.replay)
    this.paused.value = Boolean(options.replay)
    this.#route = new Route(Boolean(options.small))
    this.#recording = new RecordedFeed(options.address, options.replay ? 'replay' : 'rewind', options.pass)
    this.#undo.every(500, () => this.#measure())
    this.#undo.every(5000, () => this.#calm())
    if (options.pass) this.#undo.add(options.pass.ended.watch((ended) => ended && this.#shutOut()))
  }

  get inStep(): boolean {
    if (this.options.replay) return this.#running && !this.#suspended && !this.#absent
    return this.#running && !this.#suspended && !this.paused.value && this.feedState.value !== 'closed'
  }

  /** True while the line carries less than the original, or has not carried a first picture yet. */
  get needsTheLine(): boolean {
    if (!this.#running || this.paused.value || this.recorded.value) return false
    if (['waiting', 'closed', 'covered', 'armed'].includes(this.feedState.value) || this.status.value?.busy === false) return false
    return this.rung.value !== 'original' || this.video.readyState < 2
  }

  get pressing(): boolean {
    return !this.#route.small
  }

  get choice(): Signal<RungChoice> {
    return this.#route.choice
  }

  get mode(): Signal<Mode> {
    return this.#route.mode
  }

  /** The picture's wall clock now, seconds since 1970. */
  get clock(): number | null {
    if (!this.source || this.video.readyState < 1) return null
    return this.source.timeline.clockAt(this.video.currentTime)
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    if (!this.options.replay) this.#begin()
  }

  /** For good. */
  close(): void {
    this.#running = false
    this.#undo.all()
    this.#end()
  }

  /** Hold while nobody can see it: no bytes are fetched, the last picture stays. */
  suspend(on: boolean): void {
    if (on === this.#suspended) return
    this.#suspended = on
    if (on) {
      if (!this.options.replay) this.source?.suspend()
      this.video.pause()
    } else if (this.options.replay) {
      if (!this.paused.value) void this.video.play().catch(() => undefined)
    } else if (this.#running && !this.paused.value) this.#begin()
  }

  play(): void {
    const wasPaused = this.paused.value
    this.paused.value = false
    if (this.recorded.value || !wasPaused) {
      if (this.source) void this.video.play().catch((error: DOMException) => error.name === 'NotAllowedError' && this.#blocked())
    } else this.#begin()
  }

  pause(): void {
    this.paused.value = true
    this.video.pause()
    if (!this.recorded.value) this.source?.suspend()
  }

  setRung(choice: RungChoice): void {
    this.choice.value = choice
    this.#route.reset()
    this.#apply()
  }

  setMode(mode: Mode): void {
    if (mode === this.mode.value) return
    this.mode.value = mode
    this.#route.reset()
    if (!this.recorded.value) this.#begin()
  }

  /** Shown small, as one of several: the low rung is enough. */
  setSmall(small: boolean): void {
    if (this.#route.small === small) return
    this.#route.small = small
    this.#apply()
  }

  /** Show what was seen at this wall clock, from the recording. Throws when it cannot be had. */
  async rewindTo(clock: number): Promise<void> {
    if (this.recorded.value && this.source && !this.source.timeline.empty && this.source.timeline.has(clock)) {
      this.video.currentTime = this.source.timeline.mediaAt(clock)!
      return
    }
    const listing = await this.#recording.list(this.#route.rung())
    const latest = Math.max(0, listing.duration - (this.options.replay ? 0.1 : 1))
    this.#hlsStart = Math.min(latest, listing.timeline.mediaAt(clock) ?? 0)
    this.recorded.value = true
    if (!this.options.replay) this.paused.value = false
    this.#begin()
  }

  /** What the state document says of this feed: it explains a line that is refused or silent. */
  told(state: string): void {
    const before = this.#told
    this.#told = state
    if (this.recorded.value || !this.#running || performance.now() - this.#aliveAt < SILENT_MS) return
    if (state === 'armed') this.#show('not_on_air')
    else if (state !== 'on_air') this.#heard(state)
    else if (before && before !== 'on_air' && !this.paused.value) this.#begin()
  }

  /** This angle has no picture at the time the others show. */
  setAbsent(absent: boolean): void {
    if (absent === this.#absent) return
    this.#absent = absent
    this.#show(absent ? 'no_picture_then' : null)
  }

  toLive(): void {
    this.recorded.value = false
    this.#hlsStart = null
    this.paused.value = false
    this.#begin()
  }

  #say(word: Word, values?: Values): string {
    return this.options.say(word, values)
  }

  /** After a choice: switch on the running line where possible, else begin anew. */
  #apply(): void {
    const rung = this.#route.rung()
    const way = this.#route.way(this.recorded.value)
    if (!this.#running || (rung === this.rung.value && this.source?.way === way)) return
    if (this.source?.way === 'interactive' && way === 'interactive' && this.source.switchRung(rung)) {
      this.rung.value = rung
      return
    }
    if (this.recorded.value) {
      const clock = this.clock
      if (clock !== null) {
        this.#end()
        void this.rewindTo(clock).catch(() => this.options.replay || this.toLive())
        return
      }
    }
    this.#begin()
  }

  #begin(): void {
    if (!this.#running || (this.#suspended && !this.options.replay)) return
    this.#end()
    const wanted = this.#route.rung()
    const rung = this.recorded.value ? this.#recording.rungFor(wanted) : wanted
    const way = this.#route.way(this.recorded.value)
    this.rung.value = rung
    this.way.value = way
    this.shape.value = { width: 0, height: 0, codecs: '' }
    this.#show('connecting', true)
    this.source = way === 'interactive' ? this.#interactive(rung) : this.#hls(way, rung)
    if (!this.options.replay) void this.video.play().catch((error: DOMException) => error.name === 'NotAllowedError' && this.#blocked())
  }

  #interactive(rung: Rung): Source {
    const address = socketAddress(`${this.options.address}/ws?rung=${rung}`)
    return new Interactive(this.video, address, rung, this.#route.stable, this.#events())
  }

  #hls(way: Way, rung: Rung): Source {
    const base = this.options.address
    const live = this.choice.value === 'auto' && !this.#route.narrow ? `${base}/index.m3u8` : `${base}/${rung}/live.m3u8`
    const options: HlsOptions = {
      address: this.recorded.value ? this.#recording.playlist(rung) : live,
      startAt: this.recorded.value ? this.#hlsStart : null,
      stable: this.#route.stable || this.#route.narrow,
      recorded: this.recorded.value,
      startLow: this.#route.narrow,
      play: !this.paused.value && !this.#suspended,
    }
    return way === 'native' ? new NativeHls(this.video, options, this.#events()) : new HlsSource(this.video, options, this.#events())
  }

  #end(): void {
    this.source?.close()
    this.source = null
    setRate(this.video, 1)
  }

  #events(): SourceEvents {
    return {
      state: (state) => this.#heard(state),
      lost: (retryIn, opened) => this.#lost(retryIn, opened),
      denied: (why) => void (why === 'not_now' ? this.#ask() : this.#denied()),
      trouble: (weight) => this.#trouble(weight),
      unsupported: (codecs) => this.#show('codec_unsupported', false, { codecs }),
      alive: () => this.#alive(),
      shape: (width, height, codecs) => {
        this.shape.value = { width, height, codecs }
      },
    }
  }

  #show(word: Word | null, busy = false, values?: Values): void {
    const next = word ? { text: this.#say(word, values), busy } : null
    const now = this.status.value
    if (next?.text !== now?.text || next?.busy !== now?.busy) this.status.value = next
  }

  #heard(state: string): void {
    this.feedState.value = state
    if (state === 'waiting') this.#show('waiting_encoder', true)
    else if (state === 'covered') this.#show('covered')
    else if (state === 'closed') this.#show('closed')
  }

  #alive(): void {
    this.#aliveAt = performance.now()
    this.#refusals = 0
    this.#route.worked()
    if (this.recorded.value) {
      if (!this.#absent) this.#show(this.rung.value === 'audio' ? 'sound_only_now' : null)
      return
    }
    if (this.feedState.value !== 'covered') this.feedState.value = 'on_air'
    if (this.video.readyState < 2) return
    if (this.video.paused && !this.paused.value && !this.#suspended && this.status.value?.text === this.#say('press_play')) return
    this.#show(this.rung.value === 'audio' ? 'sound_only_now' : null)
  }

  #blocked(): void {
    this.#show('press_play')
    this.paused.value = true
  }

  #lost(retryIn: number, opened: boolean): void {
    if (!opened) void this.#ask()
    if (this.feedState.value === 'closed' || (!opened && EXPLAINED.includes(this.#told))) return
    if (!opened && !this.recorded.value && this.#route.failed()) queueMicrotask(() => this.#begin())
    if (this.#absent) return
    const lost: Word = this.options.replay ? 'replay_failed' : opened ? 'line_lost' : 'not_answering'
    this.#show(lost, true, { seconds: Math.max(1, Math.round(retryIn)) })
  }

  /** Why is the line refused? The state document knows, and renews the pass on the way when that is the reason. */
  async #ask(): Promise<void> {
    if (!this.options.pass) return
    const state = await fetchState(this.options.pass)
    const mine = state?.feeds[this.options.address.split('/').pop()!]
    if (mine) this.told(mine.state)
  }

  async #denied(): Promise<void> {
    this.#refusals += 1
    if (this.#refusals >= REFUSALS || !(await this.#renew())) this.#shutOut()
  }

  async #renew(): Promise<boolean> {
    return this.options.pass ? this.options.pass.renew() : true
  }

  #shutOut(): void {
    this.#running = false
    this.#end()
    this.latency.value = null
    this.#show('access_ended')
  }

  #trouble(weight: number): void {
    const step = this.#suspended ? null : this.#route.trouble(weight)
    if (!step) return
    this.notice.value = this.#say(STEP_WORDS[step])
    // the old line's backlog would have to arrive first: leave it behind and open a new one
    this.#begin()
  }

  #calm(): void {
    const step = this.recorded.value || this.#suspended ? null : this.#route.calm()
    if (!step) return
    this.notice.value = this.#say(STEP_WORDS[step])
    this.#apply()
  }

  #measure(): void {
    const quiet = performance.now() - this.#aliveAt
    if (this.#aliveAt && this.inStep && !this.recorded.value && !this.status.value) {
      if (quiet > SILENT_MS && this.source?.way === 'interactive') void this.#ask()
      // a picture that stands still must not be taken for life
      if (quiet > STALLED_MS) this.#show('connecting', true)
    }
    const clock = this.clock
    const now = this.options.pass?.time.now() ?? Date.now() / 1000
    this.latency.value = clock === null || this.recorded.value || this.video.paused || this.status.value ? null : Math.max(0, now - clock)
  }
}
