import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h } from './page/dom'
import { Pass } from './page/pass'
import { Signal, Undo } from './page/signal'
import { Controls } from './picture/controls'
import { Frame } from './picture/frame'
import { listenKeys } from './picture/keys'
import { Picture } from './picture/picture'
import { Sound } from './picture/sound'
import { BASE, PICTURE } from './picture/style'
import { sheet } from './page/dom'

const STYLE = sheet('.frame{aspect-ratio:16/9}:host(:dir(rtl)){--dir:rtl}.frame:fullscreen{border-radius:0;aspect-ratio:auto}')

/**
 * One living picture. `data` names the page's JSON (default "theatre-data"), `feed` the feed's id; without `feed`, the first
 * one. `small` asks for the low rung, `bare` leaves the controls out.
 */
export class GlissonPlayer extends HTMLElement {
  #undo = new Undo()
  #pass: Pass | null = null
  readonly picture = new Signal<Picture | null>(null)

  connectedCallback(): void {
    const data = readData(this)
    if (data) this.#build(data)
  }

  disconnectedCallback(): void {
    this.#undo.all()
    this.#pass?.stop()
    this.picture.value = null
    this.shadowRoot?.replaceChildren()
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, STYLE]
    const say = sayFor(data)
    const id = this.getAttribute('feed')
    const feed = id ? data.feeds.find((one) => one.id === id || one.code === id) : data.feeds[0]
    if (!feed) {
      root.replaceChildren(h('p', {}, say('no_feeds')))
      return
    }
    this.#pass = Pass.of(data)
    const small = this.hasAttribute('small')
    const picture = new Picture({ address: `${groupBase(data)}/${feed.id}`, pass: this.#pass, say, title: feed.title, small })
    this.picture.value = picture
    const frame = new Frame(picture)
    const sound = new Sound()
    this.#undo.add(() => picture.close())
    this.#undo.add(() => frame.close())
    this.#undo.add(sound.follow(picture.video))
    if (!this.hasAttribute('bare')) this.#control(picture, frame, sound, say)
    this.#undo.on(document, 'visibilitychange', () => small && picture.suspend(document.hidden))
    root.replaceChildren(frame.element)
    picture.start()
  }

  #control(picture: Picture, frame: Frame, sound: Sound, say: ReturnType<typeof sayFor>): void {
    const controls = new Controls({
      say, sound, picture: this.picture, screen: frame.element, toLive: () => picture.toLive(),
      chosen: () => ({
        rung: picture.choice.value, mode: picture.mode.value,
        setRung: (rung) => picture.setRung(rung), setMode: (mode) => picture.setMode(mode),
      }),
    })
    frame.element.append(controls.element)
    this.#undo.add(() => controls.close())
    const listen = listenKeys({
      ' ': () => controls.togglePlay(), m: () => sound.set(!sound.on.value), f: () => void controls.toggleFullscreen(),
      p: () => void controls.togglePip(), l: () => picture.toLive(),
      ArrowUp: () => sound.setVolume(sound.volume.value + 0.1), ArrowDown: () => sound.setVolume(sound.volume.value - 0.1),
    })
    this.#undo.on(document, 'keydown', listen)
  }
}

if (!customElements.get('glisson-player')) customElements.define('glisson-player', GlissonPlayer)
