import type { TheatreData } from './data'
import { ServerTime } from './servertime'
import { Signal } from './signal'

const RENEW_MS = 180_000

function csrfToken(): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  if (cookie) return decodeURIComponent(cookie)
  const field = document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]')
  return field?.value ?? document.querySelector<HTMLMetaElement>('meta[name=csrf-token]')?.content ?? ''
}

/** The viewer's pass: a short-lived cookie that the page renews, and the page's data, which comes fresh with each renewal. */
export class Pass {
  readonly data: Signal<TheatreData>
  readonly ended = new Signal(false)
  readonly time = new ServerTime()
  #under: Promise<boolean> | null = null
  #renewedAt = 0
  #timer: ReturnType<typeof setInterval> | undefined

  static readonly #shared = new Map<string, Pass>()
  #users = 0

  /** One pass serves all islands of a page; each calls `stop` when it leaves. */
  static of(data: TheatreData): Pass {
    const pass = Pass.#shared.get(data.group) ?? new Pass(data)
    Pass.#shared.set(data.group, pass)
    pass.#users += 1
    return pass
  }

  private constructor(data: TheatreData) {
    this.data = new Signal(data)
    if (data.renew_url) this.#timer = setInterval(() => void this.renew(), RENEW_MS)
  }

  /** Renew now; true when the viewer may go on. Callers that ask together share one request. */
  renew(): Promise<boolean> {
    if (!this.data.value.renew_url) return Promise.resolve(!this.ended.value)
    if (Date.now() - this.#renewedAt < 2000) return Promise.resolve(!this.ended.value)
    this.#under ??= this.#ask().finally(() => {
      this.#under = null
    })
    return this.#under
  }

  stop(): void {
    this.#users -= 1
    if (this.#users > 0) return
    clearInterval(this.#timer)
    Pass.#shared.delete(this.data.value.group)
  }

  async #ask(): Promise<boolean> {
    const sent = Date.now()
    let answer: Response
    try {
      answer = await fetch(this.data.value.renew_url, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'X-CSRFToken': csrfToken(), Accept: 'application/json' },
        redirect: 'manual',
      })
    } catch {
      return true // the web process may be away while the live process goes on: the pass still holds for minutes
    }
    if (answer.type === 'opaqueredirect' || [401, 403, 404].includes(answer.status)) {
      this.ended.value = true
      return false
    }
    if (!answer.ok) return true
    this.#renewedAt = Date.now()
    this.time.hearDate(answer.headers.get('Date'), sent, Date.now())
    const fresh = (await answer.json()) as TheatreData
    if (fresh.now) this.time.hear(fresh.now, sent, Date.now())
    this.ended.value = false
    this.data.value = { ...this.data.value, ...fresh, words: fresh.words ?? this.data.value.words }
    return true
  }
}
