import { h, setText } from '../page/dom'
import { Undo } from '../page/signal'
import type { FeedData } from '../page/data'
import type { Pass } from '../page/pass'
import { Frame } from '../picture/frame'
import { Picture } from '../picture/picture'
import type { Say } from '../words'
import type { Place } from './arrange'

const MIRROR_WIDTH = 240
/** Pictures stand in rows 1 and 2, the controls may take row 3; the row of angles comes after. */
const FIRST_ROW = 4

/** One angle of the operation: its picture, its frame, and its button in the row of angles. */
export class Angle {
  readonly picture: Picture
  readonly frame: Frame
  readonly tile: HTMLButtonElement
  readonly #mirror = h('canvas', { 'aria-hidden': 'true' })
  readonly #label = h('span')
  place: Place = 'thumb'
  #hidden = false
  #away = false
  #spared = false
  #undo = new Undo()

  constructor(readonly feed: FeedData, address: string, pass: Pass, private readonly say: Say, choose: () => void, replay = false) {
    this.picture = new Picture({ address, pass, say, title: feed.title, small: true, replay })
    this.frame = new Frame(this.picture)
    this.frame.element.append(h('div', { class: 'name' }, feed.title))
    this.frame.element.classList.toggle('mirrored', Boolean(feed.mirrored))
    this.tile = h('button', { type: 'button', class: 'tile', onclick: choose }, this.#mirror, this.#label)
    this.#undo.add(this.picture.feedState.watch(() => this.#draw()))
    this.#undo.add(this.picture.recorded.watch(() => this.#draw()))
    const seen = new IntersectionObserver((entries) => {
      this.#away = !entries.some((entry) => entry.isIntersecting)
      this.#rest()
    })
    seen.observe(this.frame.element)
    this.#undo.add(() => seen.disconnect())
  }

  close(): void {
    this.#undo.all()
    this.frame.close()
    this.picture.close()
    this.frame.element.remove()
    this.tile.remove()
  }

  get big(): boolean {
    return this.place !== 'thumb'
  }

  /** Put the frame and the button where they belong: nothing is moved in the document, so no picture is lost. */
  stand(place: Place, position: number, quarter: number, main: boolean): void {
    this.place = place
    const frame = this.frame.element
    frame.dataset.place = place
    const row = `${FIRST_ROW + Math.floor(position / 4)}`
    const column = `${(position % 4) * 3 + 1} / span 3`
    this.tile.style.gridRow = row
    this.tile.style.gridColumn = column
    const line = Math.floor(quarter / 2) + 1
    frame.dataset.line = place === 'quarter' ? String(line) : ''
    frame.style.gridRow = place === 'thumb' ? row : place === 'quarter' ? String(line) : ''
    frame.style.gridColumn = place === 'thumb' ? column : place === 'quarter' ? `${(quarter % 2) * 6 + 1} / span 6` : ''
    this.#mirror.hidden = !this.big
    this.tile.setAttribute('aria-pressed', String(main))
    this.picture.setSmall(!this.big)
    this.#rest()
    this.#draw()
  }

  pageHidden(hidden: boolean): void {
    this.#hidden = hidden
    this.#rest()
  }

  /** On a thin line the large picture gets all of it: small ones keep their last picture and wait. */
  spare(on: boolean): void {
    if (on === this.#spared) return
    this.#spared = on
    this.#rest()
    this.#draw()
  }

  /** The copy in the row of angles of a picture that is shown large. */
  mirror(): void {
    const video = this.picture.video
    if (!this.big || this.#mirror.hidden || video.readyState < 2 || !video.videoWidth) return
    if (this.picture.status.value && !this.picture.status.value.busy) {
      this.#mirror.width = 0
      return
    }
    const high = Math.round((MIRROR_WIDTH * video.videoHeight) / video.videoWidth)
    if (this.#mirror.width !== MIRROR_WIDTH || this.#mirror.height !== high) {
      this.#mirror.width = MIRROR_WIDTH
      this.#mirror.height = high
    }
    this.#mirror.getContext('2d')?.drawImage(video, 0, 0, MIRROR_WIDTH, high)
  }

  #rest(): void {
    this.picture.suspend((this.#hidden || this.#away || this.#spared) && !this.big)
  }

  #draw(): void {
    const state = this.picture.feedState.value
    const off = state === 'waiting' || state === 'closed'
    this.frame.element.classList.toggle('off', off)
    const why = off ? this.say('angle_off') : this.#spared && !this.big ? this.say('angle_resting') : ''
    const shown = why ? `${this.feed.title} · ${why}` : this.feed.title
    setText(this.#label, shown)
    const word = this.tile.getAttribute('aria-pressed') === 'true' ? 'angle_on' : 'show_angle'
    this.tile.setAttribute('aria-label', this.say(word, { title: shown }))
  }
}
