import { groupBase, readData, sayFor, type TheatreData } from './page/data'
import { h, setText } from './page/dom'
import { Pass } from './page/pass'
import { Undo } from './page/signal'
import { timeOfDay } from './page/times'
import { BASE, PICTURE } from './picture/style'
import { HealthCard } from './health/card'
import { HealthEvents } from './health/events'
import { HEALTH } from './health/style'

/** The technician's page: each feed's health once a second. `feed` shows one feed alone. */
export class GlissonHealth extends HTMLElement {
  #undo = new Undo()
  #cards = new Map<string, HealthCard>()

  connectedCallback(): void {
    const data = readData(this)
    if (data) this.#build(data)
  }

  disconnectedCallback(): void {
    this.#undo.all()
    this.shadowRoot?.replaceChildren()
  }

  #build(data: TheatreData): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [BASE, PICTURE, HEALTH]
    const say = sayFor(data)
    const pass = Pass.of(data)
    const events = HealthEvents.of(pass)
    const lost = h('div', { class: 'lost', role: 'alert', hidden: true })
    const cards = h('div', { class: 'cards' })
    root.replaceChildren(lost, cards)
    const only = this.getAttribute('feed')
    const take = (now: TheatreData): void => {
      for (const feed of now.feeds) {
        if ((only && feed.id !== only && feed.code !== only) || this.#cards.has(feed.id)) continue
        const card = new HealthCard(feed, `${groupBase(now)}/${feed.id}`, pass, say, now.words)
        this.#cards.set(feed.id, card)
        cards.append(card.element)
      }
    }
    this.#undo.add(pass.data.watch(take))
    this.#undo.add(events.document.watch((document) => {
      for (const [id, card] of this.#cards) if (document?.feeds[id]) card.show(document.feeds[id])
    }))
    this.#undo.add(events.silentSince.watch((since) => {
      lost.hidden = since === null
      if (since !== null) setText(lost, since ? say('health_lost', { time: timeOfDay(since / 1000, data.zone) }) : say('health_never'))
      for (const card of this.#cards.values()) card.stale(since !== null)
    }))
    this.#undo.add(pass.ended.watch((ended) => {
      if (!ended) return
      lost.hidden = false
      setText(lost, say('access_ended'))
    }))
    this.#undo.add(() => {
      events.close()
      pass.stop()
      for (const card of this.#cards.values()) card.close()
      this.#cards.clear()
    })
  }
}

if (!customElements.get('glisson-health')) customElements.define('glisson-health', GlissonHealth)
