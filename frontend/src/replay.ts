import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h, setText } from './page/dom'
import { icon, type IconName } from './page/icons'
import { Pass } from './page/pass'
import { Signal, Undo } from './page/signal'
import { elapsed, timeOfDay } from './page/times'
import { InStep } from './media/step'
import { setRate } from './media/source'
import { Controls } from './picture/controls'
import { listenKeys } from './picture/keys'
import type { Picture } from './picture/picture'
import { Scrub, SCRUB } from './picture/scrub'
import { Sound } from './picture/sound'
import { BASE, PICTURE } from './picture/style'
import type { RungChoice } from './media/ladder'
import type { Say, Word } from './words'
import { Angle } from './stage/angle'
import { arrange, choose, type Layout } from './stage/arrange'
import { STAGE } from './stage/style'
import { extent, leaderAt, loadRecordings, type Recorded } from './replay/load'
import { FrameStep } from './replay/frames'
import { REPLAY } from './replay/style'

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2]
const TICK_MS = 200
const RETRY_S = 5
const LAYOUTS: [Layout, Word, IconName][] = [
  ['one', 'layout_one', 'square'], ['side', 'layout_side', 'columns'], ['inset', 'layout_inset', 'inset'], ['all', 'layout_all', 'grid'],
]

/** The replay of an operation: every angle of it in step, on the wall clock it happened at. */
export class GlissonReplay extends HTMLElement {
  #undo = new Undo()
  #pass!: Pass
  #say!: Say
  #zone: string | undefined
  #recorded: Recorded[] = []
  #angles = new Map<string, Angle>()
  #main = ''
  #second: string | null = null
  #leader = ''
  #layout: Layout = 'one'
  #rung: RungChoice = 'auto'
  #speed = 1
  #playing = false
  #span = { start: 0, end: 1 }
  #frames: FrameStep | null = null
  #step = new InStep()
  #sound = new Sound()
  #unfollow: () => void = () => undefined
  #picture = new Signal<Picture | null>(null)
  #controls!: Controls
  #scrub!: Scrub
  #pictures = h('div', { class: 'pictures' })
  #message = h('div', { class: 'empty', role: 'status' })
  #layoutRow = h('div', { class: 'layouts', role: 'group' })
  #elapsed = h('span', { class: 'num time', dir: 'ltr' }, h('span'), h('span', { class: 'wide' }))
  #timeOfDay = h('span', { class: 'num time quiet wide', dir: 'ltr' })
  #downloads = h('div', { class: 'downloads' })

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
    return this.#angles.get(this.#leader)?.picture.clock ?? null
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, SCRUB, STAGE, REPLAY]
    this.#say = sayFor(data)
    this.#zone = data.zone
    this.#pass = Pass.of(data)
    this.#undo.add(() => this.#pass.stop())
    this.#message.textContent = this.#say('connecting')
    this.#pictures.hidden = true
    root.replaceChildren(this.#pictures, this.#message, this.#layoutRow, this.#downloads, h('p', { class: 'unseen' }, this.#say('replay_keys')))
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
    this.#pictures.hidden = false
    this.#span = extent(this.#recorded)
    for (const { feed } of this.#recorded) {
      const angle = new Angle(feed, `${groupBase(data)}/${feed.id}`, this.#pass, this.#say, () => this.#choose(feed.id), true)
      this.#angles.set(feed.id, angle)
      this.#pictures.append(angle.frame.element, angle.tile)
    }
    this.#main = this.#leader = this.#recorded[0]!.feed.id
    this.#control()
    this.#offerDownloads(data)
    this.#drawLayouts()
    this.#arrange()
    for (const angle of this.#angles.values()) angle.picture.start()
    void this.seek(this.#span.start)
    this.#step.start()
    this.#undo.every(TICK_MS, () => this.#tick())
    this.#undo.add(() => this.#close())
  }

  #close(): void {
    this.#step.stop()
    this.#frames?.close()
    this.#controls.close()
    this.#scrub.close()
    for (const angle of this.#angles.values()) angle.close()
    this.#angles.clear()
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
      say, sound: this.#sound, picture: this.#picture, screen: this.#pictures, above: this.#scrub.element, togglePlay: () => this.#toggle(),
      chosen: () => ({ rung: this.#rung, mode: 'closest', setRung: (rung) => this.#setRung(rung) }),
      first: [button('rotateBack', 'ten_back', () => this.#moveBy(-10), true), button('stepBack', 'frame_back', () => this.#frame(-1), true),
        button('stepForward', 'frame_on', () => this.#frame(1), true), button('rotateOn', 'ten_on', () => this.#moveBy(10), true), this.#elapsed, this.#timeOfDay],
      more: [speed],
    })
    this.#pictures.append(this.#controls.element)
    this.#undo.on(document, 'keydown', listenKeys({
      ' ': () => this.#toggle(), ',': () => this.#frame(-1), '.': () => this.#frame(1), m: () => this.#sound.set(!this.#sound.on.value),
      f: () => void this.#controls.toggleFullscreen(), ArrowLeft: () => this.#moveBy(-10), ArrowRight: () => this.#moveBy(10),
      ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((digit) => [String(digit), () => this.#chooseAt(digit - 1)])),
    }))
  }

  #offerDownloads(data: TheatreData): void {
    if (!data.may.download) return
    this.#downloads.replaceChildren(...this.#recorded.map(({ feed }) =>
      h('a', { href: `${groupBase(data)}/${feed.id}/download.mp4`, download: true }, icon('download', 18), this.#say('download', { title: feed.title }))))
  }

  #drawLayouts(): void {
    this.#layoutRow.hidden = this.#angles.size < 2
    this.#layoutRow.setAttribute('aria-label', this.#say('layout'))
    this.#layoutRow.replaceChildren(...LAYOUTS.filter(([layout]) => layout !== 'all' || this.#angles.size > 2).map(([layout, word, drawing]) => {
      const button = h('button', { type: 'button', 'aria-label': this.#say(word), onclick: () => this.#setLayout(layout) }, icon(drawing, 18), h('span', { class: 'text' }, this.#say(word)))
      button.setAttribute('aria-pressed', String(layout === this.#layout))
      return button
    }))
  }

  #arrange(): void {
    const ids = [...this.#angles.keys()]
    const places = arrange(this.#layout, this.#main, this.#second, ids)
    const all = [...places.values()]
    this.#pictures.classList.toggle('four', all.includes('quarter'))
    this.#pictures.classList.toggle('two', all.includes('right'))
    let quarter = 0
    ids.forEach((id, position) => {
      const place = places.get(id)!
      this.#angles.get(id)!.stand(place, position, place === 'quarter' ? quarter++ : 0, id === this.#main)
      this.#angles.get(id)!.tile.hidden = ids.length < 2
    })
    const main = this.#angles.get(this.#main)!.picture
    if (this.#picture.value !== main) {
      this.#unfollow()
      this.#unfollow = this.#sound.follow(main.video)
      this.#picture.value = main
    }
    this.#lead(this.clock ?? this.#span.start)
  }

  #lead(clock: number): void {
    this.#leader = leaderAt(this.#recorded, this.#main, clock)
    const leader = this.#angles.get(this.#leader)!.picture
    if (this.#step.leader !== leader) {
      this.#frames?.close()
      this.#frames = new FrameStep(leader.video)
    }
    this.#step.set(leader, [...this.#angles.values()].map((angle) => angle.picture).filter((picture) => picture !== leader))
  }

  #setLayout(layout: Layout): void {
    this.#layout = layout
    if (layout !== 'one' && (!this.#second || this.#second === this.#main)) this.#second = [...this.#angles.keys()].find((id) => id !== this.#main) ?? null
    this.#drawLayouts()
    this.#arrange()
  }

  #choose(id: string): void {
    const next = choose(this.#layout, this.#main, this.#second, id)
    this.#main = next.main
    this.#second = next.second
    this.#arrange()
  }

  #chooseAt(position: number): void {
    const id = [...this.#angles.keys()][position]
    if (id) this.#choose(id)
  }

  #setRung(rung: RungChoice): void {
    this.#rung = rung
    for (const angle of this.#angles.values()) if (angle.big) angle.picture.setRung(rung)
  }

  #toggle(): void {
    this.#playing = !this.#playing
    const leader = this.#angles.get(this.#leader)?.picture
    if (this.#playing && leader?.video.ended) void this.seek(this.#span.start)
    for (const angle of this.#angles.values()) {
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
    await Promise.allSettled((has.length ? has : this.#recorded).map(({ feed }) => this.#angles.get(feed.id)!.picture.rewindTo(to)))
  }

  /** Angles come and go over an operation: fetch one when its time has come, and let it rest when it is over. */
  #attend(clock: number): void {
    for (const { feed, listing } of this.#recorded) {
      const picture = this.#angles.get(feed.id)!.picture
      const has = listing.timeline.has(clock)
      picture.setAbsent(!has)
      if (!has) {
        if (feed.id !== this.#leader) picture.video.pause()
      } else if (!picture.source) void picture.rewindTo(clock).catch(() => undefined)
      else if (this.#playing && picture.video.paused && picture.inStep && !picture.video.ended) void picture.video.play().catch(() => undefined)
    }
  }

  #tick(): void {
    const leader = this.#angles.get(this.#leader)?.picture
    const clock = this.clock
    if (!leader || clock === null) return
    setRate(leader.video, this.#speed)
    if (leader.video.ended && this.#playing) {
      if (leaderAt(this.#recorded, this.#main, clock + 0.5) !== this.#leader) this.#lead(clock + 0.5)
      else this.#toggle()
    } else if (this.#leader !== this.#main && leaderAt(this.#recorded, this.#main, clock) === this.#main) this.#lead(clock)
    this.#attend(clock)
    for (const angle of this.#angles.values()) angle.mirror()
    this.#draw(clock)
  }

  #draw(clock: number): void {
    const listing = this.#recorded.find(({ feed }) => feed.id === this.#main)!.listing
    this.#gaps ??= new Map()
    let gaps = this.#gaps.get(this.#main)
    if (!gaps) this.#gaps.set(this.#main, (gaps = listing.timeline.gaps()))
    this.#scrub.show({ ...this.#span, now: clock, gaps })
    setText(this.#elapsed.firstElementChild!, elapsed(clock - this.#span.start))
    setText(this.#elapsed.lastElementChild!, ` / ${elapsed(this.#span.end - this.#span.start)}`)
    setText(this.#timeOfDay, timeOfDay(clock, this.#zone))
  }

  #gaps: Map<string, { from: number; to: number }[]> | null = null
}

if (!customElements.get('glisson-replay')) customElements.define('glisson-replay', GlissonReplay)
