import { speaker, type Say, type Words } from '../words'

/** One feed as the page's data describes it. */
export interface FeedData {
  id: string
  code: string
  angle: string
  title: string
  state: string
  mirrored?: boolean
}

/** What the page embeds as JSON and what a renewed pass returns. */
export interface TheatreData {
  live_base: string
  group: string
  expires: number
  renew_url: string
  state: string
  feeds: FeedData[]
  may: { download?: boolean; health?: boolean }
  words?: Words
  /** IANA zone of the meeting; the viewer's own where the page gives none. */
  zone?: string
  /** The server's clock, seconds since 1970. */
  now?: number
}

/** Read the JSON that the element's `data` attribute names. */
export function readData(element: Element, fallbackId = 'theatre-data'): TheatreData | null {
  const holder = document.getElementById(element.getAttribute('data') ?? fallbackId)
  if (!holder?.textContent) return null
  return JSON.parse(holder.textContent) as TheatreData
}

export function sayFor(data: TheatreData | null): Say {
  return speaker(data?.words)
}

/** Where everything of one group lives on the live process: no trailing slash. */
export function groupBase(data: TheatreData): string {
  const base = (data.live_base || location.origin).replace(/\/$/, '')
  return `${base}/live/v/${data.group}`
}

/** The same address for a WebSocket. */
export function socketAddress(http: string): string {
  return new URL(http, location.href).href.replace(/^http/, 'ws')
}
