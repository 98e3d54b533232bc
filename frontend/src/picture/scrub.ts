import { h, setText, sheet } from '../page/dom'
import { Undo } from '../page/signal'
import { elapsed, timeOfDay } from '../page/times'
import type { Gap } from '../media/timeline'
import type { Say } from '../words'

export const SCRUB = sheet(`
.scrub{position:relative;block-size:28px;direction:ltr;touch-action:none;cursor:pointer;margin-inline:10px;display:grid;align-items:center}
.scrub .track{position:relative;block-size:5px;border-radius:5px;background:#ffffff40;overflow:hidden}
.scrub:hover .track,.scrub.held .track{block-size:8px}
.scrub .done{position:absolute;left:0;top:0;bottom:0;background:#fff}
.scrub .gap{position:absolute;top:0;bottom:0;min-width:2px;background:repeating-linear-gradient(135deg,#0009 0 3px,#b4530999 3px 6px)}
.scrub .knob{position:absolute;top:50%;inline-size:14px;block-size:14px;border-radius:50%;background:#fff;transform:translate(-50%,-50%);box-shadow:0 1px 4px #0008}
.scrub .tip{position:absolute;bottom:28px;transform:translateX(-50%);background:#000d;color:#fff;border-radius:6px;padding:2px 8px;font-size:13px;white-space:nowrap;pointer-events:none}
.onpage .scrub .track{background:var(--line,#24312e)}
.onpage .scrub .done,.onpage .scrub .knob{background:var(--accent,#2dd4bf)}
.onpage .scrub .gap{background:repeating-linear-gradient(135deg,var(--paper,#0c1211) 0 3px,var(--warn,#b45309) 3px 6px)}
`)

export interface Span {
  start: number
  end: number
  now: number
  gaps: Gap[]
}

export interface ScrubOptions {
  say: Say
  zone: string | undefined
  /** Called at the end of a drag, and during it when `eager`. */
  seek(clock: number): void
  eager?: boolean
}

const STEP = 10
const BIG_STEP = 60

/** A line of time from the beginning to the end, on the picture's wall clock. It never mirrors. */
export class Scrub {
  readonly element: HTMLDivElement
  readonly #track = h('div', { class: 'track' })
  readonly #done = h('div', { class: 'done' })
  readonly #knob = h('div', { class: 'knob' })
  readonly #tip = h('div', { class: 'tip num', hidden: true })
  #span: Span = { start: 0, end: 1, now: 1, gaps: [] }
  #held: number | null = null
  #drawnGaps: Gap[] | null = null
  #undo = new Undo()

  constructor(private readonly options: ScrubOptions) {
    this.#track.append(this.#done)
    this.element = h('div', { class: 'scrub', role: 'slider', tabindex: 0, 'aria-valuenow': 0, 'aria-label': options.say('seek') }, this.#track, this.#knob, this.#tip)
    this.#undo.on<PointerEvent>(this.element, 'pointerdown', (event) => this.#grab(event))
    this.#undo.on<PointerEvent>(this.element, 'pointermove', (event) => this.#move(event))
    this.#undo.on<PointerEvent>(this.element, 'pointerup', () => this.#drop(true))
    this.#undo.on<PointerEvent>(this.element, 'pointercancel', () => this.#drop(false))
    this.#undo.on(this.element, 'pointerleave', () => (this.#tip.hidden = this.#held === null))
    this.#undo.on<KeyboardEvent>(this.element, 'keydown', (event) => this.#key(event))
  }

  close(): void {
    this.#undo.all()
  }

  show(span: Span): void {
    this.#span = span
    if (this.#drawnGaps !== span.gaps) this.#drawGaps(span.gaps)
    this.#place(this.#held ?? span.now)
  }

  #fraction(clock: number): number {
    const { start, end } = this.#span
    return end > start ? Math.min(1, Math.max(0, (clock - start) / (end - start))) : 1
  }

  #place(clock: number): void {
    const { start, end } = this.#span
    const share = `${(this.#fraction(clock) * 100).toFixed(3)}%`
    this.#done.style.width = share
    this.#knob.style.left = share
    this.element.setAttribute('aria-valuemin', '0')
    this.element.setAttribute('aria-valuemax', String(Math.round(end - start)))
    this.element.setAttribute('aria-valuenow', String(Math.round(Math.max(0, clock - start))))
    this.element.setAttribute('aria-valuetext', this.#words(clock))
  }

  #words(clock: number): string {
    const time = timeOfDay(clock, this.options.zone)
    return this.options.say('seek_value', { time, elapsed: elapsed(clock - this.#span.start) })
  }

  #drawGaps(gaps: Gap[]): void {
    this.#drawnGaps = gaps
    for (const old of this.#track.querySelectorAll('.gap')) old.remove()
    for (const gap of gaps) {
      const label = this.options.say('gap_mark', { from: timeOfDay(gap.from, this.options.zone, false), to: timeOfDay(gap.to, this.options.zone) })
      const mark = h('div', { class: 'gap', title: label })
      mark.style.left = `${this.#fraction(gap.from) * 100}%`
      mark.style.width = `${(this.#fraction(gap.to) - this.#fraction(gap.from)) * 100}%`
      this.#track.append(mark)
    }
  }

  #clockUnder(event: PointerEvent): number {
    const box = this.element.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    return this.#span.start + share * (this.#span.end - this.#span.start)
  }

  #grab(event: PointerEvent): void {
    if (event.button !== 0) return
    this.element.setPointerCapture(event.pointerId)
    this.element.classList.add('held')
    this.#held = this.#clockUnder(event)
    this.#move(event)
  }

  #move(event: PointerEvent): void {
    const clock = this.#clockUnder(event)
    setText(this.#tip, `${elapsed(clock - this.#span.start)} · ${timeOfDay(clock, this.options.zone)}`)
    this.#tip.hidden = false
    const box = this.element.getBoundingClientRect()
    const half = this.#tip.offsetWidth / 2
    this.#tip.style.left = `${Math.min(box.width - half, Math.max(half, event.clientX - box.left))}px`
    if (this.#held === null) return
    this.#held = clock
    this.#place(clock)
    if (this.options.eager) this.options.seek(clock)
  }

  #drop(keep: boolean): void {
    const clock = this.#held
    this.#held = null
    this.element.classList.remove('held')
    this.#tip.hidden = true
    if (keep && clock !== null) this.options.seek(clock)
  }

  #key(event: KeyboardEvent): void {
    const { start, end, now } = this.#span
    const to: Record<string, number> = {
      ArrowLeft: now - STEP, ArrowRight: now + STEP, ArrowDown: now - STEP, ArrowUp: now + STEP,
      PageDown: now - BIG_STEP, PageUp: now + BIG_STEP, Home: start, End: end,
    }
    const clock = to[event.key]
    if (clock === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.options.seek(Math.min(end, Math.max(start, clock)))
  }
}
