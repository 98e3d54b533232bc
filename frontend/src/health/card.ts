import type { FeedData } from '../page/data'
import { h, setText } from '../page/dom'
import { icon } from '../page/icons'
import type { Pass } from '../page/pass'
import { Undo } from '../page/signal'
import { bytes, elapsed, timeOfDay } from '../page/times'
import { Frame } from '../picture/frame'
import { Picture } from '../picture/picture'
import type { Say, Word, Words } from '../words'
import { fill, WORDS } from '../words'
import { ClockReader } from './clock'
import type { FeedHealth, Trouble } from './report'

const FLOOR_DB = -60
const CLOCK_MS = 1000
const REFUSED_SHOWN = 5
const SHOWN_SECONDS = 3600

/** One feed on the technician's page: what arrives, what to fix, the figures. */
export class HealthCard {
  readonly element: HTMLElement
  readonly #picture: Picture
  readonly #frame: Frame
  readonly #pills = h('span', {})
  readonly #verdicts = h('div', { role: 'status', class: 'verdicts' })
  readonly #figures = h('dl')
  readonly #meter = h('i')
  readonly #meterBox: HTMLElement
  readonly #level = h('bdi', { class: 'num' })
  readonly #clock = h('div', { class: 'clock', role: 'status' })
  readonly #refusals = h('ul', { class: 'refusals' })
  readonly #reader = new ClockReader()
  #drawnVerdict = ''
  #undo = new Undo()

  constructor(feed: FeedData, address: string, private readonly pass: Pass, private readonly say: Say, private readonly words: Words | undefined) {
    this.#picture = new Picture({ address, pass, say, title: feed.title, small: true })
    this.#frame = new Frame(this.#picture)
    this.#meterBox = h('div', { class: 'meter', role: 'meter', 'aria-label': say('sound_level'), 'aria-valuemin': FLOOR_DB, 'aria-valuemax': 0 }, this.#meter)
    const sound = h('div', { class: 'sound' }, h('div', {}, h('span', {}, say('sound_level')), this.#level), this.#meterBox)
    this.element = h('section', { class: 'card', 'aria-label': feed.title },
      h('div', { class: 'look' }, this.#frame.element, sound, this.#clock),
      h('div', { class: 'facts' }, h('header', {}, h('h3', { class: 'own' }, feed.title), this.#pills), this.#verdicts, this.#figures, this.#refusals))
    this.#undo.every(CLOCK_MS, () => this.#readClock())
    this.#undo.on(document, 'visibilitychange', () => this.#picture.suspend(document.hidden))
    this.#picture.start()
  }

  close(): void {
    this.#undo.all()
    this.#frame.close()
    this.#picture.close()
    this.element.remove()
  }

  stale(stale: boolean): void {
    this.element.classList.toggle('stale', stale)
  }

  show(health: FeedHealth): void {
    this.#picture.told(health.state)
    this.#drawPills(health)
    this.#drawVerdicts(health)
    this.#drawFigures(health)
    this.#drawLevel(health.on ? health.audio?.level_db ?? null : null, health.on && health.audio !== null)
    this.#drawRefusals(health)
  }

  #drawPills({ on, gate, state }: FeedHealth): void {
    const shown = gate ?? state
    const words: Record<string, Word> = { on_air: 'state_on_air', armed: 'state_armed', closed: 'state_closed' }
    const key = `${on} ${shown}`
    if (this.#pills.dataset.key === key) return
    this.#pills.dataset.key = key
    const word = words[shown]
    this.#pills.replaceChildren(
      h('span', { class: on ? 'pill on' : 'pill' }, h('i'), this.say(on ? 'feed_on' : 'feed_off')), ' ',
      word ? h('span', { class: shown === 'on_air' ? 'pill own air' : 'pill own' }, this.say(word)) : '')
  }

  /** The sentence for a trouble in the page's language; the live process's own in English. */
  #sentence(trouble: Trouble): string {
    const english = document.documentElement.lang.startsWith('en') || !document.documentElement.lang
    const translated = this.words?.[`advice_${trouble.code}`]
    return english || !translated ? trouble.text : fill(translated, trouble.values)
  }

  #drawVerdicts({ on, gate, advice, recording }: FeedHealth): void {
    const alarm = recording.alarm ? [{ kind: 'alarm', text: this.say('recording_alarm', { why: this.#sentence(recording.alarm) }) }] : []
    const fixes = advice.map((trouble) => ({ kind: trouble.values.severity === 'hint' ? 'fix hint' : 'fix', text: this.#sentence(trouble) }))
    const rows = [...alarm, ...fixes]
    if (!on && !fixes.length && gate !== 'closed') rows.push({ kind: 'waiting', text: this.say('health_waiting') })
    if (on && !rows.length) rows.push({ kind: 'good', text: this.say('health_ok') })
    const key = JSON.stringify(rows)
    if (key === this.#drawnVerdict) return
    this.#drawnVerdict = key
    this.#verdicts.replaceChildren(...rows.map(({ kind, text }) => {
      const drawing = kind === 'good' ? icon('check', 24) : kind === 'waiting' ? icon('radio', 24) : icon('triangle', 24)
      return h('div', { class: `verdict ${kind}` }, drawing, h('span', {}, text))
    }))
  }

  #drawFigures(health: FeedHealth): void {
    const { say } = this
    const none = '–'
    const zone = this.pass.data.value.zone
    const size = health.width ? `${health.width}×${health.height}` : none
    const audio = health.audio ? `${(health.audio.rate / 1000).toFixed(1)} kHz · ${health.audio.channels}` : health.on ? say('no_sound') : none
    const gap = health.last_gap
    const low = health.rungs.low ?? 'off'
    const rows: [Word, string][] = [
      ['resolution', size],
      ['frame_rate', health.fps ? `${Number(health.fps).toFixed(1)} /s` : none],
      ['bit_rate', health.bitrate ? `${(health.bitrate / 1e6).toFixed(2)} Mbit/s` : none],
      ['key_interval', health.keyframe_interval ? say('unit_seconds', { n: Number(health.keyframe_interval).toFixed(1) }) : none],
      ['b_frames', health.b_frames === null || !health.on ? none : say(health.b_frames ? 'b_frames_yes' : 'b_frames_no')],
      ['sound', audio],
      ['last_gap', gap ? say('gap_text', { seconds: gap.seconds.toFixed(1), time: timeOfDay(gap.at, zone), reason: this.#gapReason(gap.reason) }) : say('no_gap')],
      ['on_since', health.since ? timeOfDay(health.since, zone) : none],
      ['way_in', health.way ? say('from_peer', { way: health.way.toUpperCase(), peer: health.peer ?? '?' }) : none],
      ['recording', health.recording.on ? say('recording_on', { size: bytes(health.recording.bytes), time: elapsed(health.recording.seconds) }) : say('recording_off')],
      ['viewers', say('viewers_text', { ws: health.viewers.ws, hls: health.viewers.hls })],
      ['small_rung', low.startsWith('failed') ? say('rung_failed', { why: low.slice(7).trim() }) : say(low === 'on' ? 'rung_on' : 'rung_off')],
    ]
    if (!this.#figures.childElementCount) {
      this.#figures.append(...rows.map(([word]) => h('div', {}, h('dt', {}, say(word)), h('dd', {}, h('bdi', { class: 'num' })))))
    }
    rows.forEach(([, text], at) => setText(this.#figures.children[at]!.querySelector('bdi')!, text))
  }

  #gapReason(reason: string): string {
    const word = `gap_${reason}`
    return word in WORDS ? this.say(word as Word) : reason
  }

  #drawLevel(level: number | null, has: boolean): void {
    const share = level === null ? 0 : Math.min(1, Math.max(0, (level - FLOOR_DB) / -FLOOR_DB))
    this.#meter.style.clipPath = `inset(0 ${(100 - share * 100).toFixed(1)}% 0 0)`
    this.#meterBox.setAttribute('aria-valuenow', String(Math.round(level ?? FLOOR_DB)))
    setText(this.#level, !has ? this.say('no_sound') : level === null ? '' : `${level.toFixed(0)} dB`)
  }

  #drawRefusals({ refusals = [] }: FeedHealth): void {
    const now = this.pass.time.now()
    const recent = refusals.filter(({ at }) => now - at < SHOWN_SECONDS).slice(-REFUSED_SHOWN).reverse()
    const known: Record<string, Word> = {
      wrong_key: 'refused_wrong_key', old_key: 'refused_old_key', second_publisher: 'refused_second_publisher',
      closed_feed: 'refused_closed_feed', not_open_yet: 'refused_not_open_yet',
    }
    this.#refusals.replaceChildren(...recent.map(({ at, peer, trouble }) => {
      const word = known[trouble.code]
      const what = word ? this.say(word) : this.say('refused_other', { text: this.#sentence(trouble) })
      return h('li', {}, this.say('refused_ago', { what, ago: this.#ago(now - at), peer }))
    }))
  }

  #ago(seconds: number): string {
    if (seconds < 90) return this.say('unit_seconds', { n: Math.max(0, Math.round(seconds)) })
    if (seconds < 5400) return this.say('unit_minutes', { n: Math.round(seconds / 60) })
    return this.say('unit_hours', { n: Math.round(seconds / 3600) })
  }

  #readClock(): void {
    const now = this.pass.time.now() * 1000
    const moving = !this.#picture.status.value && !this.#picture.paused.value
    const made = moving ? this.#reader.read(this.#picture.video, now) : null
    if (made === null) {
      setText(this.#clock, moving ? this.say('no_clock') : '')
      return
    }
    const time = `${timeOfDay(made / 1000, this.pass.data.value.zone, false)}.${String(Math.floor(made) % 1000).padStart(3, '0')}`
    const seconds = Math.max(0, (now - made) / 1000).toFixed(2)
    this.#clock.replaceChildren(h('b', {}, this.say('sees_clock', { time })), h('br'), this.say('clock_behind', { seconds }))
  }
}
