import { h, setText } from '../page/dom'
import { Undo } from '../page/signal'
import type { Picture } from './picture'

const NOTICE_MS = 7000

/** The element around one picture: the video, the last still while a new line opens, and the words over it. */
export class Frame {
  readonly element: HTMLDivElement
  readonly #veil = h('div', { class: 'veil', role: 'status' })
  readonly #notice = h('div', { class: 'notice', role: 'status' })
  readonly #still = h('canvas', { class: 'still', hidden: true, 'aria-hidden': 'true' })
  #undo = new Undo()
  #noticeTimer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly picture: Picture) {
    this.element = h('div', { class: 'frame' }, picture.video, this.#still, this.#veil, this.#notice)
    this.#undo.add(picture.status.watch(() => this.#drawStatus()))
    this.#undo.add(picture.notice.watch((text) => this.#tell(text)))
    this.#undo.on(picture.video, 'emptied', () => this.#drawStatus())
    this.#undo.on(picture.video, 'playing', () => this.#unfreeze())
    this.#undo.on(picture.video, 'loadeddata', () => this.#unfreeze())
    this.#undo.every(1000, () => this.#keep())
  }

  close(): void {
    clearTimeout(this.#noticeTimer)
    this.#undo.all()
  }

  /** Keep a small copy of the newest picture: it stands in while the line is opened anew. */
  #keep(): void {
    const video = this.picture.video
    if (video.readyState < 2 || !video.videoWidth || document.hidden || this.picture.status.value) return
    const wide = Math.min(480, video.videoWidth)
    const high = Math.round((wide * video.videoHeight) / video.videoWidth)
    if (this.#still.width !== wide || this.#still.height !== high) {
      this.#still.width = wide
      this.#still.height = high
    }
    try {
      this.#still.getContext('2d')?.drawImage(video, 0, 0, wide, high)
    } catch {
      this.#still.width = 0 // a picture of another origin may be shown but not copied
    }
  }

  #unfreeze(): void {
    this.#still.hidden = true
  }

  #drawStatus(): void {
    const status = this.picture.status.value
    const bare = this.picture.video.readyState < 2
    this.#still.hidden = !(bare && this.#still.width > 0 && status?.busy)
    this.#veil.hidden = status === null
    if (!status) return
    // what the theatre covered or closed must not stay in sight, not even as the last picture
    this.#veil.classList.toggle('solid', !status.busy)
    if (!status.busy) this.#still.width = 0
    this.#veil.replaceChildren(status.busy ? h('div', { class: 'turn' }) : '', h('div', {}, status.text))
  }

  #tell(text: string): void {
    if (!text) return
    setText(this.#notice, text)
    this.#notice.classList.add('on')
    clearTimeout(this.#noticeTimer)
    this.#noticeTimer = setTimeout(() => {
      this.#notice.classList.remove('on')
      this.picture.notice.value = ''
    }, NOTICE_MS)
  }
}
