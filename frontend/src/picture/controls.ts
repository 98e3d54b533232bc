import { h, setText } from '../page/dom'
import { icon, type IconName } from '../page/icons'
import { Signal, Undo } from '../page/signal'
import type { Say, Word } from '../words'
import type { Picture } from './picture'
import { Settings, type Chosen } from './settings'
import type { Sound } from './sound'

export interface ControlOptions {
  say: Say
  picture: Signal<Picture | null>
  sound: Sound
  /** What goes full screen: the picture alone or the whole arrangement. */
  screen: HTMLElement
  chosen: () => Chosen
  /** Absent for a recording: there is nothing live to go to. */
  toLive?: () => void
  /** Above the buttons: the scrub bar. */
  above?: HTMLElement
  /** After the play button, and before the settings. */
  first?: HTMLElement[]
  more?: HTMLElement[]
  togglePlay?: () => void
}

const AWAY_MS = 2800

/** The bar over the lower edge of a picture. It goes away by itself and comes back at any touch or key. */
export class Controls {
  readonly element: HTMLDivElement
  readonly #settings: Settings
  readonly #play: HTMLButtonElement
  readonly #live: HTMLButtonElement
  readonly #latency = h('span', { class: 'lat num' }, h('bdi', { class: 'wide' }), h('bdi', { class: 'narrow' }))
  readonly #soundOn: HTMLButtonElement
  readonly #mute: HTMLButtonElement
  readonly #volume: HTMLInputElement
  readonly #full: HTMLButtonElement
  #undo = new Undo()
  #ofPicture = new Undo()
  #awayTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: ControlOptions) {
    const { say, sound } = options
    this.#settings = new Settings(say, options.chosen)
    this.#play = this.#button('pause', 'pause', () => (options.togglePlay ?? (() => this.togglePlay()))())
    this.#live = h('button', { type: 'button', class: 'live', hidden: !options.toLive, onclick: () => options.toLive?.() }, h('i'), h('span'))
    this.#soundOn = h('button', { type: 'button', class: 'sound-on', onclick: () => sound.set(true) }, icon('volume', 18), h('span', { class: 'text' }, say('turn_on_sound')))
    this.#mute = this.#button('volume', 'mute', () => sound.set(!sound.on.value))
    this.#volume = h('input', { type: 'range', class: 'wide', min: 0, max: 1, step: 0.05, 'aria-label': say('volume') })
    this.#volume.addEventListener('input', () => sound.setVolume(Number(this.#volume.value)))
    this.#full = this.#button('maximize', 'fullscreen', () => void this.toggleFullscreen())
    const pip = this.#button('pip', 'pip', () => void this.togglePip())
    pip.classList.add('wide')
    pip.hidden = !document.pictureInPictureEnabled
    const row = h('div', { class: 'row' }, this.#play, ...(options.first ?? []), this.#live, this.#latency, h('span', { class: 'space' }),
      this.#soundOn, this.#mute, this.#volume, ...(options.more ?? []), this.#settings.button, pip, this.#full)
    this.element = h('div', { class: 'bar' }, options.above, row, this.#settings.panel)
    this.#wire()
  }

  close(): void {
    clearTimeout(this.#awayTimer)
    this.#ofPicture.all()
    this.#undo.all()
  }

  togglePlay(): void {
    const picture = this.options.picture.value
    if (picture?.paused.value) picture.play()
    else picture?.pause()
  }

  async toggleFullscreen(): Promise<void> {
    const video = this.options.picture.value?.video as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | undefined
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (this.options.screen.requestFullscreen) await this.options.screen.requestFullscreen()
    else video?.webkitEnterFullscreen?.() // iPhones make only the video itself full screen
  }

  async togglePip(): Promise<void> {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await this.options.picture.value?.video.requestPictureInPicture()
  }

  /** Show the bar and let it go again after a while. */
  wake(): void {
    this.element.classList.remove('away')
    clearTimeout(this.#awayTimer)
    this.#awayTimer = setTimeout(() => this.#goAway(), AWAY_MS)
  }

  #goAway(): void {
    const held = this.#settings.open || this.options.picture.value?.paused.value || this.element.matches(':focus-within, :hover')
    const unheard = !this.options.sound.asked.value && !this.#soundOn.hidden
    if (held || unheard) this.wake()
    else this.element.classList.add('away')
  }

  #button(name: IconName, word: Word, act: () => void): HTMLButtonElement {
    const label = this.options.say(word)
    return h('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, icon(name))
  }

  #turn(button: HTMLButtonElement, name: IconName, word: Word): void {
    const label = this.options.say(word)
    if (button.getAttribute('aria-label') === label && button.firstChild) return
    button.setAttribute('aria-label', label)
    button.title = label
    button.replaceChildren(icon(name))
  }

  #wire(): void {
    const { sound, screen, picture } = this.options
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin']) this.#undo.on(screen, type, () => this.wake())
    this.#undo.on(document, 'fullscreenchange', () => {
      const full = document.fullscreenElement !== null
      this.#turn(this.#full, full ? 'minimize' : 'maximize', full ? 'leave_fullscreen' : 'fullscreen')
    })
    this.#undo.on(document, 'pointerdown', (event) => {
      if (this.#settings.open && !event.composedPath().includes(this.element)) this.#settings.toggle(false)
    })
    this.#undo.add(sound.on.watch(() => this.#drawSound()))
    this.#undo.add(sound.asked.watch(() => this.#drawSound()))
    this.#undo.add(sound.volume.watch((volume) => (this.#volume.value = String(volume))))
    this.#undo.add(picture.watch((now) => this.#show(now)))
    this.wake()
  }

  #show(picture: Picture | null): void {
    this.#ofPicture.all()
    if (!picture) return
    const redraw = (): void => this.#drawState(picture)
    for (const signal of [picture.latency, picture.recorded, picture.paused, picture.feedState]) {
      this.#ofPicture.add((signal as Signal<unknown>).watch(redraw))
    }
    this.#ofPicture.add(picture.shape.watch(() => this.#drawSound()))
  }

  #drawState(picture: Picture): void {
    const { say } = this.options
    const paused = picture.paused.value
    this.#turn(this.#play, paused ? 'play' : 'pause', paused ? 'play' : 'pause')
    const living = !picture.recorded.value && !paused && picture.latency.value !== null
    this.#live.classList.toggle('on', living)
    const label = picture.recorded.value || paused ? say('back_to_live') : say('live')
    setText(this.#live.lastElementChild!, label)
    const seconds = picture.latency.value
    const figure = seconds === null ? '' : seconds.toFixed(seconds < 10 ? 2 : 0)
    setText(this.#latency.firstElementChild!, figure && say('behind', { seconds: figure }))
    setText(this.#latency.lastElementChild!, figure && say('unit_seconds', { n: figure }))
    if (paused) this.wake()
  }

  #drawSound(): void {
    const { sound, picture } = this.options
    const silent = /avc|hvc|av01/.test(picture.value?.shape.value.codecs ?? '') && !/mp4a|opus/i.test(picture.value?.shape.value.codecs ?? '')
    this.#soundOn.hidden = sound.asked.value || silent
    this.#mute.hidden = !this.#soundOn.hidden
    this.#volume.hidden = this.#mute.hidden || silent
    this.#mute.disabled = silent
    if (silent) this.#turn(this.#mute, 'muted', 'no_sound_track')
    else this.#turn(this.#mute, sound.on.value ? 'volume' : 'muted', sound.on.value ? 'mute' : 'turn_on_sound')
  }
}
