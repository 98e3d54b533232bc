import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h } from './page/dom'
import { icon, type IconName } from './page/icons'
import { Pass } from './page/pass'
import { Signal, Undo } from './page/signal'
import { InStep } from './media/step'
import type { Gap } from './media/timeline'
import { Controls } from './picture/controls'
import { listenKeys } from './picture/keys'
import type { Picture } from './picture/picture'
import { Scrub, SCRUB } from './picture/scrub'
import { Sound } from './picture/sound'
import { BASE, PICTURE } from './picture/style'
import type { Mode, RungChoice } from './media/ladder'
import type { Say, Word } from './words'
import { Angle } from './stage/angle'
import { arrange, choose, type Layout } from './stage/arrange'
import { fetchState } from './page/state'
import { STAGE } from './stage/style'

const LAYOUTS: [Layout, Word, IconName][] = [
  ['one', 'layout_one', 'square'], ['side', 'layout_side', 'columns'], ['inset', 'layout_inset', 'inset'], ['all', 'layout_all', 'grid'],
]
const STATE_MS = 3000
const MIRROR_MS = 250
const AT_LIVE = 3
const NO_GAPS: Gap[] = []

/** The attendee's pictures: one large, the other angles living under it, all on the picture's clock. */
export class GlissonStage extends HTMLElement {
  #undo = new Undo()
  #pass!: Pass
  #say!: Say
  #angles = new Map<string, Angle>()
  #main = ''
  #second: string | null = null
  #layout: Layout = 'one'
  #mode: Mode = 'closest'
  #rung: RungChoice = 'auto'
  #step = new InStep()
  #sound = new Sound()
  #unfollow: () => void = () => undefined
  #picture = new Signal<Picture | null>(null)
  #scrub!: Scrub
  #controls!: Controls
  #pictures = h('div', { class: 'pictures' })
  #empty = h('div', { class: 'empty', role: 'status', hidden: true })
  #layoutRow = h('div', { class: 'layouts', role: 'group' })
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
    return this.#picture.value?.clock ?? null
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, SCRUB, STAGE]
    this.#pass = Pass.of(data)
    this.#say = sayFor(data)
    this.#scrub = new Scrub({ say: this.#say, zone: data.zone, seek: (clock) => void this.seek(clock) })
    this.#controls = new Controls({
      say: this.#say, sound: this.#sound, picture: this.#picture, screen: this.#pictures, above: this.#scrub.element,
      toLive: () => this.toLive(), togglePlay: () => this.#togglePlay(),
      chosen: () => ({ rung: this.#rung, mode: this.#mode, setRung: (rung) => this.#setRung(rung), setMode: (mode) => this.#setMode(mode) }),
    })
    this.#pictures.append(this.#controls.element)
    this.#layoutRow.setAttribute('aria-label', this.#say('layout'))
    root.replaceChildren(this.#pictures, this.#empty, this.#layoutRow, h('p', { class: 'unseen' }, this.#say('keys_help')))
    this.#wire()
    this.#takeFeeds(data)
    this.#step.start()
  }

  #wire(): void {
    const keys = listenKeys({
      ' ': () => this.#togglePlay(), m: () => this.#sound.set(!this.#sound.on.value), f: () => void this.#controls.toggleFullscreen(),
      p: () => void this.#controls.togglePip(), l: () => this.toLive(), ArrowLeft: () => this.#moveBy(-10), ArrowRight: () => this.#moveBy(10),
      ArrowUp: () => this.#sound.setVolume(this.#sound.volume.value + 0.1), ArrowDown: () => this.#sound.setVolume(this.#sound.volume.value - 0.1),
      s: () => this.#setLayout(this.#layout === 'side' ? 'one' : 'side'), i: () => this.#setLayout(this.#layout === 'inset' ? 'one' : 'inset'),
      ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((digit) => [String(digit), () => this.#chooseAt(digit - 1)])),
    })
    this.#undo.on(document, 'keydown', keys)
    this.#undo.on(document, 'visibilitychange', () => {
      for (const angle of this.#angles.values()) angle.pageHidden(document.hidden)
    })
    this.#undo.on(this.#pictures, 'dblclick', (event) => {
      if (!event.composedPath().includes(this.#controls.element)) void this.#controls.toggleFullscreen()
    })
    this.#undo.every(STATE_MS, () => void this.#askState())
    this.#undo.every(MIRROR_MS, () => this.#draw())
    this.#undo.add(this.#pass.data.watch((data) => this.#takeFeeds(data)))
    for (const stop of [() => this.#step.stop(), () => this.#pass.stop(), () => this.#scrub.close(), () => this.#controls.close()]) this.#undo.add(stop)
    this.#undo.add(() => {
      for (const angle of this.#angles.values()) angle.close()
      this.#angles.clear()
    })
    void this.#askState()
  }

  /** Feeds come and go with each renewal of the pass; those that stay keep their pictures. */
  #takeFeeds(data: TheatreData): void {
    const shown = data.feeds.filter((feed) => feed.state !== 'closed' || this.#angles.has(feed.id))
    for (const [id, angle] of this.#angles) {
      if (shown.some((feed) => feed.id === id)) continue
      angle.close()
      this.#angles.delete(id)
    }
    for (const feed of shown) {
      if (this.#angles.has(feed.id)) continue
      const angle = new Angle(feed, `${groupBase(data)}/${feed.id}`, this.#pass, this.#say, () => this.#choose(feed.id))
      this.#angles.set(feed.id, angle)
      this.#pictures.append(angle.frame.element, angle.tile)
    }
    if (!this.#angles.has(this.#main)) this.#main = [...this.#angles.keys()][0] ?? ''
    this.#empty.textContent = this.#say(data.state === 'closed' ? 'case_closed' : 'no_feeds')
    this.#empty.hidden = this.#angles.size > 0
    this.#pictures.hidden = this.#angles.size === 0
    this.#drawLayouts()
    this.#arrange()
    for (const angle of this.#angles.values()) angle.picture.start()
  }

  #arrange(): void {
    const ids = [...this.#angles.keys()]
    const places = arrange(this.#layout, this.#main, this.#second, ids)
    const four = [...places.values()].includes('quarter')
    this.#pictures.classList.toggle('four', four)
    const clock = this.#picture.value?.recorded.value ? this.clock : null
    this.#pictures.classList.toggle('two', [...places.values()].includes('right'))
    let quarter = 0
    ids.forEach((id, position) => {
      const angle = this.#angles.get(id)!
      const place = places.get(id)!
      angle.stand(place, position, place === 'quarter' ? quarter++ : 0, id === this.#main)
      angle.tile.hidden = ids.length < 2
      this.#followClock(angle, clock)
    })
    const main = this.#angles.get(this.#main)
    if (main && this.#picture.value !== main.picture) {
      this.#unfollow()
      this.#unfollow = this.#sound.follow(main.picture.video)
      this.#picture.value = main.picture
    }
    this.#lead()
  }

  /** Pictures shown large go where the viewer is in time; small ones stay live. */
  #followClock(angle: Angle, clock: number | null): void {
    if (clock !== null && angle.big && !angle.picture.recorded.value) void angle.picture.rewindTo(clock).catch(() => undefined)
    else if (angle.picture.recorded.value && (clock === null || !angle.big)) angle.picture.toLive()
  }

  #lead(): void {
    const leader = this.#angles.get(this.#main)?.picture ?? null
    const followers = [...this.#angles.values()].map((angle) => angle.picture).filter((picture) => picture !== leader)
    this.#step.set(leader, leader ? followers.filter((picture) => picture.recorded.value === leader.recorded.value) : [])
  }

  #drawLayouts(): void {
    const many = this.#angles.size
    this.#layoutRow.hidden = many < 2
    this.#layoutRow.replaceChildren(...LAYOUTS.filter(([layout]) => layout !== 'all' || many > 2).map(([layout, word, drawing]) => {
      const text = h('span', { class: 'text' }, this.#say(word))
      const button = h('button', { type: 'button', 'aria-label': this.#say(word), title: this.#say(word), onclick: () => this.#setLayout(layout) }, icon(drawing, 18), text)
      button.setAttribute('aria-pressed', String(layout === this.#layout))
      return button
    }))
  }

  #setLayout(layout: Layout): void {
    this.#layout = layout
    if (layout !== 'one' && (!this.#second || this.#second === this.#main)) {
      this.#second = [...this.#angles.keys()].find((id) => id !== this.#main) ?? null
    }
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

  #big(): Picture[] {
    return [...this.#angles.values()].filter((angle) => angle.big).map((angle) => angle.picture)
  }

  #setRung(rung: RungChoice): void {
    this.#rung = rung
    for (const angle of this.#angles.values()) angle.picture.setRung(angle.big ? rung : 'auto')
  }

  #setMode(mode: Mode): void {
    this.#mode = mode
    for (const angle of this.#angles.values()) angle.picture.setMode(mode)
  }

  #togglePlay(): void {
    const pause = !this.#picture.value?.paused.value
    for (const picture of this.#big()) {
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
    const main = this.#picture.value
    if (!main) return
    if (clock > this.#pass.time.now() - AT_LIVE) {
      if (main.recorded.value) this.toLive()
      return
    }
    const asked = await Promise.allSettled(this.#big().map((picture) => picture.rewindTo(clock)))
    if (asked.every((result) => result.status === 'rejected')) main.notice.value = this.#say('beginning_missing')
    const first = main.source?.timeline.anchors[0]
    if (first && main.recorded.value) this.#knowBeginning(first.clock)
    this.#lead()
  }

  toLive(): void {
    for (const angle of this.#angles.values()) if (angle.picture.recorded.value || angle.picture.paused.value) angle.picture.toLive()
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
    for (const [id, angle] of this.#angles) angle.picture.told(state.feeds[id]?.state ?? 'closed')
    const main = state.feeds[this.#main]
    if (!main || this.#beganKnown) return
    if (main.began) this.#knowBeginning(main.began)
    // without gaps this is exact; the rewind list corrects it as soon as somebody goes back
    else if (main.recorded_seconds > 0) this.#began = Math.min(this.#began ?? Infinity, this.#pass.time.now() - main.recorded_seconds)
  }

  #draw(): void {
    for (const angle of this.#angles.values()) angle.mirror()
    const main = this.#picture.value
    const end = this.#pass.time.now()
    const start = this.#began
    this.#scrub.element.hidden = start === null || end - start < 5
    if (start === null || !main) return
    const now = main.recorded.value ? (main.clock ?? end) : end - (main.latency.value ?? 0)
    this.#scrub.show({ start, end, now, gaps: main.recorded.value ? (main.source?.timeline.gaps() ?? NO_GAPS) : NO_GAPS })
  }
}

if (!customElements.get('glisson-stage')) customElements.define('glisson-stage', GlissonStage)
