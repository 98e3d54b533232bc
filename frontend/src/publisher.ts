import { groupBase, readData, sayFor, socketAddress, type TheatreData } from './page/data'
import { h, setText } from './page/dom'
import { icon } from './page/icons'
import { Pass } from './page/pass'
import { Undo } from './page/signal'
import { BASE } from './picture/style'
import { fill, type Say, type Word } from './words'
import { Capture, listDevices, type From } from './publisher/capture'
import { canEncode, chooseVideo, FrameEncoder, type Picture } from './publisher/encode'
import { PublishLine } from './publisher/line'
import { recordableKind, RecordEncoder } from './publisher/record'
import { PUBLISHER } from './publisher/style'
import type { Trouble } from './health/report'

const SIZES: [string, number, number][] = [['1920×1080', 1920, 1080], ['1280×720', 1280, 720], ['854×480', 854, 480]]
const MEGABITS = [1, 2, 4, 6, 8]
const FRAMERATE = 30
const FLOOR_DB = -60

/** The browser as encoder: camera, screen or capture card to the theatre's feed, over HTTPS alone. */
export class GlissonPublisher extends HTMLElement {
  #undo = new Undo()
  #say!: Say
  #data!: TheatreData
  #address = ''
  #capture: Capture | null = null
  #encoder: FrameEncoder | RecordEncoder | null = null
  #line: PublishLine | null = null
  #picture: Picture | null = null
  #before = { frames: 0, bytes: 0, skipped: 0, at: 0 }
  #video = h('video', { muted: true, playsinline: true })
  #hint = h('div', { class: 'hint' })
  #air = h('div', { class: 'air', hidden: true })
  #state = h('div', { class: 'state', role: 'status' })
  #meter = h('i')
  #meterBox!: HTMLElement
  #choose!: HTMLButtonElement
  #send!: HTMLButtonElement
  #from = h('select')
  #device = h('select')
  #microphone = h('select')
  #size = h('select')
  #bitrate = h('select')

  connectedCallback(): void {
    const data = readData(this)
    if (data) this.#build(data)
  }

  disconnectedCallback(): void {
    this.#stop()
    this.#capture?.close()
    this.#capture = null
    this.#undo.all()
    this.shadowRoot?.replaceChildren()
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PUBLISHER]
    this.#data = data
    this.#say = sayFor(data)
    const say = this.#say
    const id = this.getAttribute('feed')
    const feed = id ? data.feeds.find((one) => one.id === id || one.code === id) : data.feeds[0]
    if (!feed) return root.replaceChildren(h('p', {}, say('no_feeds')))
    this.#address = socketAddress(`${groupBase(data)}/${feed.id}/publish`)
    const pass = Pass.of(data)
    this.#undo.add(() => pass.stop())
    this.#undo.add(pass.ended.watch((ended) => ended && this.#fail(say('access_ended'))))
    this.#video.muted = true
    this.#video.setAttribute('aria-label', say('publish_preview'))
    this.#meterBox = h('div', { class: 'meter', role: 'meter', 'aria-label': say('publish_level'), 'aria-valuemin': FLOOR_DB, 'aria-valuemax': 0 }, this.#meter)
    root.replaceChildren(h('div', { class: 'desk' },
      h('div', {}, h('div', { class: 'preview' }, this.#video, this.#hint, this.#air), h('div', { class: 'legend' }, say('publish_level')), this.#meterBox, this.#state), this.#form()))
    setText(this.#hint, say('publish_allow'))
    setText(this.#state, say('publish_stopped'))
    this.#undo.every(1000, () => this.#report())
    this.#undo.on<BeforeUnloadEvent>(window, 'beforeunload', (event) => {
      if (this.#line) event.preventDefault()
    })
    const why = this.#impossible()
    if (why) this.#fail(say(why))
    this.#choose.disabled = why !== null
  }

  #impossible(): Word | null {
    if (!window.isSecureContext || !navigator.mediaDevices) return 'publish_insecure'
    return canEncode() || recordableKind() ? null : 'publish_unsupported'
  }

  #form(): HTMLFormElement {
    const say = this.#say
    const field = (word: Word, select: HTMLSelectElement): HTMLLabelElement => h('label', {}, say(word), select)
    this.#from.append(h('option', { value: 'camera' }, say('publish_camera')))
    if (navigator.mediaDevices && 'getDisplayMedia' in navigator.mediaDevices) this.#from.append(h('option', { value: 'screen' }, say('publish_screen')))
    this.#size.append(...SIZES.map(([label], at) => h('option', { value: at, selected: at === 1 }, `\u200e${label}`)))
    this.#bitrate.append(...MEGABITS.map((n) => h('option', { value: n, selected: n === 4 }, say('publish_mbit', { n }))))
    this.#microphone.append(h('option', { value: '' }, '–'), h('option', { value: 'none' }, say('publish_no_microphone')))
    this.#device.append(h('option', { value: '' }, '–'))
    this.#choose = h('button', { type: 'button', onclick: () => void this.#open() }, say('publish_allow'))
    this.#send = h('button', { type: 'button', class: 'primary', disabled: true, onclick: () => void this.#toggle() }, say('publish_start'))
    for (const select of [this.#from, this.#device, this.#microphone, this.#size]) {
      select.addEventListener('change', () => {
        this.#device.disabled = this.#from.value === 'screen'
        if (this.#capture) void this.#open()
      })
    }
    return h('form', { onsubmit: (event: Event) => event.preventDefault() }, field('publish_source', this.#from), field('publish_device', this.#device),
      field('publish_microphone', this.#microphone), h('div', { class: 'pair' }, field('publish_size', this.#size), field('publish_bitrate', this.#bitrate)),
      h('div', { class: 'actions' }, this.#choose, this.#send))
  }

  /** Ask the browser for the picture and show it; nothing is sent yet. */
  async #open(): Promise<void> {
    const [, width, height] = SIZES[Number(this.#size.value)]!
    this.#capture?.close()
    this.#capture = null
    try {
      const capture = await Capture.open({ from: this.#from.value as From, device: this.#device.value, microphone: this.#microphone.value, width, height, framerate: FRAMERATE })
      this.#capture = capture
      this.#video.srcObject = capture.preview
      void this.#video.play().catch(() => undefined)
      this.#hint.hidden = true
      this.#tell(this.#say('publish_stopped'))
      capture.level.watch((level) => this.#drawLevel(level))
      capture.video.addEventListener('ended', () => {
        this.#stop()
        this.#fail(this.#say('publish_ended'))
        this.#send.disabled = true
      })
      this.#send.disabled = false
      await this.#list()
    } catch (error) {
      this.#send.disabled = true
      const words: Record<string, Word> = { NotAllowedError: 'publish_denied', NotFoundError: 'publish_no_device', OverconstrainedError: 'publish_no_device', NotReadableError: 'publish_busy' }
      this.#fail(this.#say(words[(error as DOMException).name] ?? 'publish_busy'))
    }
  }

  async #list(): Promise<void> {
    const settings = this.#capture!.video.getSettings()
    const refill = async (select: HTMLSelectElement, kind: 'videoinput' | 'audioinput', chosen: string | undefined): Promise<void> => {
      const kept = [...select.options].filter((option) => option.value === 'none')
      const devices = (await listDevices(kind)).map(({ id, label }) => h('option', { value: id }, label))
      const now = chosen ?? select.value
      select.replaceChildren(...devices, ...kept)
      if ([...select.options].some((option) => option.value === now)) select.value = now
    }
    await refill(this.#device, 'videoinput', this.#from.value === 'camera' ? settings.deviceId : undefined)
    await refill(this.#microphone, 'audioinput', undefined)
  }

  async #toggle(): Promise<void> {
    if (this.#line) this.#stop()
    else await this.#start()
  }

  async #start(): Promise<void> {
    const capture = this.#capture
    if (!capture) return
    const settings = capture.video.getSettings()
    const [, most] = SIZES[Number(this.#size.value)]!
    const scale = Math.min(1, most / (settings.width ?? most))
    const even = (value: number): number => Math.round((value * scale) / 2) * 2
    const bitrate = Number(this.#bitrate.value) * 1e6
    this.#picture = { width: even(settings.width ?? most), height: even(settings.height ?? (most * 9) / 16), framerate: Math.round(settings.frameRate ?? FRAMERATE), bitrate }
    const encoder = await this.#makeEncoder(capture, this.#picture)
    if (!encoder) return this.#fail(this.#say('publish_unsupported'))
    this.#encoder = encoder
    this.#tell(this.#say('publish_connecting'))
    this.#line = new PublishLine(this.#address, encoder.hello, {
      ready: () => encoder.begin(),
      key: () => encoder.needKey(),
      counted: () => (this.#air.hidden = false),
      trouble: (trouble, fatal) => this.#trouble(trouble, fatal),
      lost: (retryIn) => {
        this.#air.hidden = true
        this.#fail(this.#say('publish_reconnecting', { seconds: Math.ceil(retryIn) }))
      },
    })
    encoder.line = this.#line
    this.#before = { frames: 0, bytes: 0, skipped: 0, at: performance.now() }
    this.#drawSending(true)
  }

  async #makeEncoder(capture: Capture, picture: Picture): Promise<FrameEncoder | RecordEncoder | null> {
    const failed = (why: string): void => {
      this.#stop()
      this.#fail(this.#say('publish_refused', { why }))
    }
    const config = canEncode() ? await chooseVideo(picture) : null
    if (config) return new FrameEncoder(config, capture.video, capture.audio, failed)
    const kind = recordableKind()
    return kind ? new RecordEncoder(capture.stream, kind, picture.bitrate, failed) : null
  }

  #stop(): void {
    this.#line?.close()
    this.#line = null
    this.#encoder?.close()
    this.#encoder = null
    this.#air.hidden = true
    if (!this.#send) return
    this.#drawSending(false)
    this.#tell(this.#say('publish_stopped'))
  }

  #drawSending(sending: boolean): void {
    this.#send.className = sending ? 'stop' : 'primary'
    this.#send.replaceChildren(sending ? icon('square', 18) : '', this.#say(sending ? 'publish_stop' : 'publish_start'))
    for (const select of [this.#from, this.#device, this.#microphone, this.#size, this.#bitrate]) select.disabled = sending
    this.#choose.disabled = sending
    setText(this.#air, this.#say('publish_arriving'))
  }

  #trouble(trouble: Trouble, fatal: boolean): void {
    const translated = this.#data.words?.[`advice_${trouble.code}`]
    const english = !document.documentElement.lang || document.documentElement.lang.startsWith('en')
    const why = english || !translated ? trouble.text : fill(translated, trouble.values)
    if (fatal) this.#stop()
    this.#fail(this.#say('publish_refused', { why }))
  }

  #report(): void {
    const { sent, hello } = this.#encoder ?? {}
    if (!sent || !this.#line?.ready || !this.#picture) return
    const now = performance.now()
    const seconds = (now - this.#before.at) / 1000
    const mbit = (((sent.bytes - this.#before.bytes) * 8) / seconds / 1e6).toFixed(2)
    const fps = ((sent.frames - this.#before.frames) / seconds).toFixed(0)
    const skipped = sent.skipped - this.#before.skipped
    this.#before = { ...sent, at: now }
    if (skipped > 5) return this.#fail(this.#say('publish_skipping', { mbit: this.#picture.bitrate / 1e6 }))
    const { width, height } = this.#picture
    const text = this.#say('publish_sending', { width, height, fps: hello?.container ? '–' : fps, mbit })
    this.#tell(hello?.container ? `${text} · ${this.#say('publish_fallback')}` : text)
  }

  #tell(text: string): void {
    this.#state.classList.remove('bad')
    setText(this.#state, text)
  }

  #fail(text: string): void {
    this.#state.classList.add('bad')
    setText(this.#state, text)
  }

  #drawLevel(level: number): void {
    const share = Math.min(1, Math.max(0, (level - FLOOR_DB) / -FLOOR_DB))
    this.#meter.style.clipPath = `inset(0 ${(100 - share * 100).toFixed(1)}% 0 0)`
    this.#meterBox.setAttribute('aria-valuenow', String(Math.round(level)))
  }
}

if (!customElements.get('glisson-publisher')) customElements.define('glisson-publisher', GlissonPublisher)
