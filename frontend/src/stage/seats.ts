import { h } from '../page/dom'
import { icon, type IconName } from '../page/icons'
import type { Picture } from '../picture/picture'
import type { Sound } from '../picture/sound'
import type { Say, Word } from '../words'
import { Signal } from '../page/signal'
import type { Angle } from './angle'
import { arrange, choose, type Layout } from './arrange'

const LAYOUTS: [Layout, Word, IconName][] = [
  ['one', 'layout_one', 'square'], ['side', 'layout_side', 'columns'], ['inset', 'layout_inset', 'inset'], ['all', 'layout_all', 'grid'],
]

/** Who stands where: the angles, the one in front, the arrangement, and the buttons that change it. */
export class Seats {
  readonly angles = new Map<string, Angle>()
  readonly pictures = h('div', { class: 'pictures' })
  readonly buttons = h('div', { class: 'layouts', role: 'group' })
  /** The picture in front: it is heard, and its controls are shown. */
  readonly front = new Signal<Picture | null>(null)
  main = ''
  #second: string | null = null
  #layout: Layout = 'one'
  #unfollow: () => void = () => undefined

  /** `arranged` is called whenever somebody moved. */
  constructor(private readonly say: Say, private readonly sound: Sound, private readonly arranged: () => void) {
    this.buttons.setAttribute('aria-label', say('layout'))
  }

  add(angle: Angle): void {
    this.angles.set(angle.feed.id, angle)
    this.pictures.append(angle.frame.element, angle.tile)
  }

  remove(id: string): void {
    this.angles.get(id)?.close()
    this.angles.delete(id)
  }

  close(): void {
    this.#unfollow()
    for (const id of [...this.angles.keys()]) this.remove(id)
  }

  get big(): Picture[] {
    return [...this.angles.values()].filter((angle) => angle.big).map((angle) => angle.picture)
  }

  picture(id: string): Picture | null {
    return this.angles.get(id)?.picture ?? null
  }

  arrange(): void {
    const ids = [...this.angles.keys()]
    if (!this.angles.has(this.main)) this.main = ids[0] ?? ''
    const places = arrange(this.#layout, this.main, this.#second, ids)
    const all = [...places.values()]
    this.pictures.classList.toggle('four', all.includes('quarter'))
    this.pictures.classList.toggle('two', all.includes('right'))
    this.pictures.classList.toggle('alone', ids.length < 2)
    let quarter = 0
    ids.forEach((id, position) => {
      const angle = this.angles.get(id)!
      const place = places.get(id)!
      angle.stand(place, position, place === 'quarter' ? quarter++ : 0, id === this.main)
      angle.tile.hidden = ids.length < 2
    })
    this.#hear(this.picture(this.main))
    this.#drawButtons()
    this.arranged()
  }

  choose(id: string): void {
    const next = choose(this.#layout, this.main, this.#second, id)
    this.main = next.main
    this.#second = next.second
    this.arrange()
  }

  chooseAt(position: number): void {
    const id = [...this.angles.keys()][position]
    if (id) this.choose(id)
  }

  /** Take this arrangement; the same again goes back to one picture when `turn` is set. */
  setLayout(layout: Layout, turn = false): void {
    this.#layout = turn && layout === this.#layout ? 'one' : layout
    if (this.#layout !== 'one' && (!this.#second || this.#second === this.main)) {
      this.#second = [...this.angles.keys()].find((id) => id !== this.main) ?? null
    }
    this.arrange()
  }

  /** The keys that move angles, for the page's list. */
  get keys(): Record<string, () => void> {
    const digits = [1, 2, 3, 4, 5, 6].map((digit) => [String(digit), () => this.chooseAt(digit - 1)] as const)
    return { ...Object.fromEntries(digits), s: () => this.setLayout('side', true), i: () => this.setLayout('inset', true) }
  }

  #hear(picture: Picture | null): void {
    if (this.front.value === picture) return
    this.#unfollow()
    this.#unfollow = picture ? this.sound.follow(picture.video) : () => undefined
    this.front.value = picture
  }

  #drawButtons(): void {
    const many = this.angles.size
    this.buttons.hidden = many < 2
    this.buttons.classList.toggle('pair', many === 2) // room for the buttons beside two angles on a phone
    const offered = LAYOUTS.filter(([layout]) => layout !== 'all' || many > 2)
    if (this.buttons.childElementCount !== offered.length) {
      this.buttons.replaceChildren(...offered.map(([layout, word, drawing]) => {
        const text = h('span', { class: 'text' }, this.say(word))
        return h('button', { type: 'button', 'data-layout': layout, 'aria-label': this.say(word), onclick: () => this.setLayout(layout) }, icon(drawing, 18), text)
      }))
    }
    for (const button of this.buttons.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.layout === this.#layout))
  }
}
