import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h, setText } from './page/dom'
import { icon, type IconName } from './page/icons'
import { Pass } from './page/pass'
import { Undo } from './page/signal'
import { elapsed, timeOfDay } from './page/times'
import { InStep } from './media/step'
import { setRate } from './media/source'
import { Controls } from './picture/controls'
import { listenKeys } from './picture/keys'
import { Scrub, SCRUB } from './picture/scrub'
import { Sound } from './picture/sound'
import { BASE, PICTURE } from './picture/style'
import type { RungChoice } from './media/ladder'
import type { Say, Word } from './words'
import { Angle } from './stage/angle'
import { Seats } from './stage/seats'
import { STAGE } from './stage/style'
import { extent, leaderAt, loadRecordings, type Recorded } from './replay/load'
import { FrameStep } from './replay/frames'
import { REPLAY } from './replay/style'

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2]
const TICK_MS = 200
const RETRY_S = 5

/** The replay of an operation: every angle of it in step, on the wall clock it happened at. */
export class GlissonReplay extends HTMLElement {
  #undo = new Undo()
  #pass!: Pass
  #say!: Say
  #zone: string | undefined
  #recorded: Recorded[] = []
  #seats!: Seats
  #leader = ''
  #rung: RungChoice = 'auto'
  #speed = 1
  #playing = false
  #span = { start: 0, end: 1 }
  #frames: FrameStep | null = null
  #step = new InStep()
  #sound = new Sound()
  #controls!: Controls
  #scrub!: Scrub
  #message = h('div', { class: 'empty', role: 'status' })
  #elapsed = h('span', { class: 'num time', dir: 'ltr' }, h('span'), h('span', { class: 'wide' }))
  #timeOfDay = h('span', { class: 'num time quiet wide', dir: 'ltr' })

  connectedCallback(): void {
    const data = readData(this)
    if (data) this.#build(data)
  }

  disconnectedCallback(): void {
    this.#undo.all()
    this.shadowRoot?.replaceChildren()
  }

  /** Wall clock of what is shown, seconds since 1970. */
  get clock(): number | null {
    return this.#seats.picture(this.#leader)?.clock ?? null
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, SCRUB, STAGE, REPLAY]
    this.#say = sayFor(data)
    this.#zone = data.zone
    this.#pass = Pass.of(data)
    this.#undo.add(() => this.#pass.stop())
    this.#seats = new Seats(this.#say, this.#sound, () => this.#lead(this.clock ?? this.#span.start))
    this.#seats.buttons.hidden = true
    this.#message.textContent = this.#say('connecting')
    this.#seats.pictures.hidden = true
    root.replaceChildren(this.#seats.pictures, this.#message, this.#seats.buttons, h('p', { class: 'unseen' }, this.#say('replay_keys')))
    void this.#load(data)
  }

  async #load(data: TheatreData): Promise<void> {
    try {
      this.#recorded = await loadRecordings(data.feeds, groupBase(data), this.#pass)
    } catch {
      this.#message.textContent = this.#say('replay_failed', { seconds: RETRY_S })
      const timer = setTimeout(() => void this.#load(data), RETRY_S * 1000)
      this.#undo.add(() => clearTimeout(timer))
      return
    }
    if (!this.isConnected) return
    this.#message.textContent = this.#say(this.#pass.ended.value ? 'access_ended' : 'no_replay')
    if (this.#recorded.length) this.#open(data)
  }

  #open(data: TheatreData): void {
    this.#message.hidden = true
    this.#seats.pictures.hidden = false
    this.#span = extent(this.#recorded)
    for (const one of this.#recorded) {
      const { feed } = one
      this.#seats.add(new Angle(feed, `${groupBase(data)}/${feed.id}`, this.#pass, this.#say, () => this.#choose(one), true))
    }
    const first = this.#recorded.find(({ feed }) => feed.id === this.getAttribute('angle')) ?? this.#recorded[0]!
    this.#leader = first.feed.id
    this.#control()
    this.#seats.arrange()
    this.#seats.choose(first.feed.id)
    for (const angle of this.#seats.angles.values()) angle.picture.start()
    // the angle in front may have come later than another: begin with its first picture
    void this.seek(first.listing.timeline.anchors[0]!.clock)
    this.#step.start()
    this.#undo.every(TICK_MS, () => this.#tick())
    this.#undo.add(() => this.#close())
  }

  /** Show an angle large; when it has no picture at this time, go to its first one. */
  #choose({ feed, listing }: Recorded): void {
    this.#seats.choose(feed.id)
    const clock = this.clock
    if (clock === null || !listing.timeline.has(clock)) void this.seek(listing.timeline.anchors[0]!.clock)
  }

  #close(): void {
    this.#step.stop()
    this.#frames?.close()
    this.#controls.close()
    this.#scrub.close()
    this.#seats.close()
  }

  #control(): void {
    const say = this.#say
    const button = (name: IconName, word: Word, act: () => void, wide = false): HTMLButtonElement =>
      h('button', { type: 'button', class: wide ? 'wide' : '', 'aria-label': say(word), title: say(word), onclick: act }, icon(name))
    const speed = h('select', { 'aria-label': say('speed'), title: say('speed'), class: 'speed num' },
      ...SPEEDS.map((rate) => h('option', { value: rate, selected: rate === 1 }, `${rate}×`)))
    speed.addEventListener('change', () => (this.#speed = Number(speed.value)))
    this.#scrub = new Scrub({ say, zone: this.#zone, seek: (clock) => void this.seek(clock) })
    this.#controls = new Controls({
      say, sound: this.#sound, picture: this.#seats.front, screen: this.#seats.pictures, above: this.#scrub.element, togglePlay: () => this.#toggle(),
      chosen: () => ({ rung: this.#rung, mode: 'closest', setRung: (rung) => this.#setRung(rung) }),
      first: [button('rotateBack', 'ten_back', () => this.#moveBy(-10), true), button('stepBack', 'frame_back', () => this.#frame(-1), true),
        button('stepForward', 'frame_on', () => this.#frame(1), true), button('rotateOn', 'ten_on', () => this.#moveBy(10), true), this.#elapsed, this.#timeOfDay],
      more: [speed],
    })
    this.#seats.pictures.append(this.#controls.element)
    this.#undo.on(document, 'keydown', listenKeys({
      ' ': () => this.#toggle(), ',': () => this.#frame(-1), '.': () => this.#frame(1), m: () => this.#sound.set(!this.#sound.on.value),
      f: () => void this.#controls.toggleFullscreen(), ArrowLeft: () => this.#moveBy(-10), ArrowRight: () => this.#moveBy(10),
      ...this.#seats.keys,
    }))
  }

  #lead(clock: number): void {
    this.#leader = leaderAt(this.#recorded, this.#seats.main, clock)
    const leader = this.#seats.picture(this.#leader)!
    if (this.#step.leader !== leader) {
      this.#frames?.close()
      this.#frames = new FrameStep(leader.video)
    }
    this.#step.set(leader, [...this.#seats.angles.values()].map((angle) => angle.picture).filter((picture) => picture !== leader))
  }

  #setRung(rung: RungChoice): void {
    this.#rung = rung
    for (const angle of this.#seats.angles.values()) if (angle.big) angle.picture.setRung(rung)
  }

  #toggle(): void {
    this.#playing = !this.#playing
    const leader = this.#seats.picture(this.#leader)
    if (this.#playing && leader?.video.ended) void this.seek(this.#span.start)
    for (const angle of this.#seats.angles.values()) {
      if (this.#playing) angle.picture.play()
      else angle.picture.pause()
    }
  }

  #frame(count: number): void {
    if (this.#playing) this.#toggle()
    this.#frames?.step(count)
  }

  #moveBy(seconds: number): void {
    const clock = this.clock
    if (clock !== null) void this.seek(clock + seconds)
  }

  async seek(clock: number): Promise<void> {
    const to = Math.min(this.#span.end - 0.1, Math.max(this.#span.start, clock))
    this.#lead(to)
    const has = this.#recorded.filter(({ listing }) => listing.timeline.has(to))
    await Promise.allSettled((has.length ? has : this.#recorded).map(({ feed }) => this.#seats.picture(feed.id)!.rewindTo(to)))
  }

  /** Angles come and go over an operation: fetch one when its time has come, and let it rest when it is over. */
  #attend(clock: number): void {
    for (const { feed, listing } of this.#recorded) {
      const picture = this.#seats.picture(feed.id)!
      const has = listing.timeline.has(clock)
      picture.setAbsent(!has)
      if (!has) {
        if (feed.id !== this.#leader) picture.video.pause()
      } else if (!picture.source) void picture.rewindTo(clock).catch(() => undefined)
      else if (this.#playing && picture.video.paused && picture.inStep && !picture.video.ended) void picture.video.play().catch(() => undefined)
    }
  }

  #tick(): void {
    const leader = this.#seats.picture(this.#leader)
    const clock = this.clock
    if (!leader || clock === null) return
    setRate(leader.video, this.#speed)
    if (leader.video.ended && this.#playing) {
      if (leaderAt(this.#recorded, this.#seats.main, clock + 0.5) !== this.#leader) this.#lead(clock + 0.5)
      else this.#toggle()
    } else if (this.#leader !== this.#seats.main && leaderAt(this.#recorded, this.#seats.main, clock) === this.#seats.main) this.#lead(clock)
    this.#attend(clock)
    for (const angle of this.#seats.angles.values()) angle.mirror()
    this.#draw(clock)
  }

  #draw(clock: number): void {
    const listing = this.#recorded.find(({ feed }) => feed.id === this.#seats.main)!.listing
    this.#gaps ??= new Map()
    let gaps = this.#gaps.get(this.#seats.main)
    if (!gaps) this.#gaps.set(this.#seats.main, (gaps = listing.timeline.gaps()))
    this.#scrub.show({ ...this.#span, now: clock, gaps })
    setText(this.#elapsed.firstElementChild!, elapsed(clock - this.#span.start))
    setText(this.#elapsed.lastElementChild!, ` / ${elapsed(this.#span.end - this.#span.start)}`)
    setText(this.#timeOfDay, timeOfDay(clock, this.#zone))
  }

  #gaps: Map<string, { from: number; to: number }[]> | null = null
}

if (!customElements.get('glisson-replay')) customElements.define('glisson-replay', GlissonReplay)
