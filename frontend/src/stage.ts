import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h } from './page/dom'
import { Pass } from './page/pass'
import { Undo } from './page/signal'
import { InStep } from './media/step'
import type { Gap } from './media/timeline'
import { Controls } from './picture/controls'
import { listenKeys } from './picture/keys'
import { Scrub, SCRUB } from './picture/scrub'
import { Sound } from './picture/sound'
import { BASE, PICTURE } from './picture/style'
import type { Mode, RungChoice } from './media/ladder'
import type { Say } from './words'
import { Angle } from './stage/angle'
import { Seats } from './stage/seats'
import { fetchState } from './page/state'
import { STAGE } from './stage/style'

const STATE_MS = 3000
const MIRROR_MS = 250
const AT_LIVE = 3
const NO_GAPS: Gap[] = []

/** The attendee's pictures: one large, the other angles living under it, all on the picture's clock. */
export class GlissonStage extends HTMLElement {
  #undo = new Undo()
  #pass!: Pass
  #say!: Say
  #seats!: Seats
  #mode: Mode = 'closest'
  #rung: RungChoice = 'auto'
  #step = new InStep()
  #sound = new Sound()
  #scrub!: Scrub
  #controls!: Controls
  #empty = h('div', { class: 'empty', role: 'status', hidden: true })
  #began: number | null = null
  #beganKnown = false

  connectedCallback(): void {
    const data = readData(this)
    if (data) this.#build(data)
  }

  disconnectedCallback(): void {
    this.#undo.all()
    this.shadowRoot?.replaceChildren()
  }

  /** Wall clock of what the viewer sees now, seconds since 1970: what questions and marks are pinned to. */
  get clock(): number | null {
    return this.#seats.front.value?.clock ?? null
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, SCRUB, STAGE]
    this.#pass = Pass.of(data)
    this.#say = sayFor(data)
    this.#seats = new Seats(this.#say, this.#sound, () => this.#arranged())
    this.#scrub = new Scrub({ say: this.#say, zone: data.zone, seek: (clock) => void this.seek(clock) })
    this.#controls = new Controls({
      say: this.#say, sound: this.#sound, picture: this.#seats.front, screen: this.#seats.pictures, above: this.#scrub.element,
      toLive: () => this.toLive(), togglePlay: () => this.#togglePlay(),
      chosen: () => ({ rung: this.#rung, mode: this.#mode, setRung: (rung) => this.#setRung(rung), setMode: (mode) => this.#setMode(mode) }),
    })
    this.#seats.pictures.append(this.#controls.element)
    root.replaceChildren(this.#seats.pictures, this.#empty, this.#seats.buttons, h('p', { class: 'unseen' }, this.#say('keys_help')))
    this.#wire()
    this.#takeFeeds(data)
    this.#step.start()
  }

  #wire(): void {
    const keys = listenKeys({
      ' ': () => this.#togglePlay(), m: () => this.#sound.set(!this.#sound.on.value), f: () => void this.#controls.toggleFullscreen(),
      p: () => void this.#controls.togglePip(), l: () => this.toLive(), ArrowLeft: () => this.#moveBy(-10), ArrowRight: () => this.#moveBy(10),
      ArrowUp: () => this.#sound.setVolume(this.#sound.volume.value + 0.1), ArrowDown: () => this.#sound.setVolume(this.#sound.volume.value - 0.1),
      ...this.#seats.keys,
    })
    this.#undo.on(document, 'keydown', keys)
    this.#undo.on(document, 'visibilitychange', () => {
      for (const angle of this.#seats.angles.values()) angle.pageHidden(document.hidden)
    })
    this.#undo.on(this.#seats.pictures, 'dblclick', (event) => {
      if (!event.composedPath().includes(this.#controls.element)) void this.#controls.toggleFullscreen()
    })
    this.#undo.every(STATE_MS, () => void this.#askState())
    this.#undo.every(MIRROR_MS, () => this.#draw())
    this.#undo.add(this.#pass.data.watch((data) => this.#takeFeeds(data)))
    for (const stop of [() => this.#step.stop(), () => this.#pass.stop(), () => this.#scrub.close(), () => this.#controls.close()]) this.#undo.add(stop)
    this.#undo.add(() => this.#seats.close())
    void this.#askState()
  }

  /** Feeds come and go with each renewal of the pass; those that stay keep their pictures. */
  #takeFeeds(data: TheatreData): void {
    const shown = data.feeds.filter((feed) => feed.state !== 'closed' || this.#seats.angles.has(feed.id))
    for (const id of [...this.#seats.angles.keys()]) if (!shown.some((feed) => feed.id === id)) this.#seats.remove(id)
    for (const feed of shown) {
      if (this.#seats.angles.has(feed.id)) continue
      this.#seats.add(new Angle(feed, `${groupBase(data)}/${feed.id}`, this.#pass, this.#say, () => this.#seats.choose(feed.id)))
    }
    this.#empty.textContent = this.#say(data.state === 'closed' ? 'case_closed' : 'no_feeds')
    this.#empty.hidden = this.#seats.angles.size > 0
    this.#seats.pictures.hidden = this.#seats.angles.size === 0
    this.#seats.arrange()
    for (const angle of this.#seats.angles.values()) angle.picture.start()
  }

  #arranged(): void {
    const clock = this.#seats.front.value?.recorded.value ? this.clock : null
    for (const angle of this.#seats.angles.values()) this.#followClock(angle, clock)
    this.#lead()
  }

  /** Pictures shown large go where the viewer is in time; small ones stay live. */
  #followClock(angle: Angle, clock: number | null): void {
    if (clock !== null && angle.big && !angle.picture.recorded.value) void angle.picture.rewindTo(clock).catch(() => undefined)
    else if (angle.picture.recorded.value && (clock === null || !angle.big)) angle.picture.toLive()
  }

  #lead(): void {
    const leader = this.#seats.picture(this.#seats.main)
    const followers = [...this.#seats.angles.values()].map((angle) => angle.picture).filter((picture) => picture !== leader)
    this.#step.set(leader, leader ? followers.filter((picture) => picture.recorded.value === leader.recorded.value) : [])
  }

  #setRung(rung: RungChoice): void {
    this.#rung = rung
    for (const angle of this.#seats.angles.values()) angle.picture.setRung(angle.big ? rung : 'auto')
  }

  #setMode(mode: Mode): void {
    this.#mode = mode
    for (const angle of this.#seats.angles.values()) angle.picture.setMode(mode)
  }

  #togglePlay(): void {
    const pause = !this.#seats.front.value?.paused.value
    for (const picture of this.#seats.big) {
      if (pause) picture.pause()
      else picture.play()
    }
  }

  #moveBy(seconds: number): void {
    const clock = this.clock
    if (clock !== null) void this.seek(clock + seconds)
  }

  /** Go to this wall clock: into the recording, or live when it is nearly now. */
  async seek(clock: number): Promise<void> {
    const main = this.#seats.front.value
    if (!main) return
    if (clock > this.#pass.time.now() - AT_LIVE) {
      if (main.recorded.value) this.toLive()
      return
    }
    const asked = await Promise.allSettled(this.#seats.big.map((picture) => picture.rewindTo(clock)))
    if (asked.every((result) => result.status === 'rejected')) main.notice.value = this.#say('beginning_missing')
    const first = main.source?.timeline.anchors[0]
    if (first && main.recorded.value) this.#knowBeginning(first.clock)
    this.#lead()
  }

  toLive(): void {
    for (const angle of this.#seats.angles.values()) if (angle.picture.recorded.value || angle.picture.paused.value) angle.picture.toLive()
    this.#lead()
  }

  #knowBeginning(clock: number): void {
    this.#began = clock
    this.#beganKnown = true
  }

  async #askState(): Promise<void> {
    const state = await fetchState(this.#pass)
    if (!state) return
    const known = new Set(this.#pass.data.value.feeds.map((feed) => feed.id))
    if (Object.keys(state.feeds).some((id) => !known.has(id))) void this.#pass.renew()
    for (const [id, angle] of this.#seats.angles) angle.picture.told(state.feeds[id]?.state ?? 'closed')
    const main = state.feeds[this.#seats.main]
    if (!main || this.#beganKnown) return
    if (main.began) this.#knowBeginning(main.began)
    // without gaps this is exact; the rewind list corrects it as soon as somebody goes back
    else if (main.recorded_seconds > 0) this.#began = Math.min(this.#began ?? Infinity, this.#pass.time.now() - main.recorded_seconds)
  }

  #draw(): void {
    const main = this.#seats.front.value
    const thin = main?.needsTheLine ?? false
    for (const angle of this.#seats.angles.values()) {
      angle.spare(thin)
      angle.mirror()
    }
    const end = this.#pass.time.now()
    const start = this.#began
    this.#scrub.element.hidden = start === null || end - start < 5
    if (start === null || !main) return
    const now = main.recorded.value ? (main.clock ?? end) : end - (main.latency.value ?? 0)
    this.#scrub.show({ start, end, now, gaps: main.recorded.value ? (main.source?.timeline.gaps() ?? NO_GAPS) : NO_GAPS })
  }
}

if (!customElements.get('glisson-stage')) customElements.define('glisson-stage', GlissonStage)
