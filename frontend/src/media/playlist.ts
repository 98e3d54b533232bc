import { Timeline } from './timeline'

/** What we need of a media playlist: where its pictures lie on the wall clock. */
export interface Listing {
  timeline: Timeline
  duration: number
  ended: boolean
  segments: number
  /** Seconds whose pictures are lost. */
  missing: number
}

/**
 * Read a media playlist (RFC 8216). Segments are laid end to end, as hls.js lays them; each one's EXT-X-PROGRAM-DATE-TIME
 * gives the wall clock.
 */
export function readPlaylist(text: string): Listing {
  const timeline = new Timeline()
  let media = 0
  let clock: number | null = null
  let duration = 0
  let segments = 0
  let missing = 0
  let lost = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line.startsWith('#EXTINF:')) duration = Number.parseFloat(line.slice(8))
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) clock = Date.parse(line.slice(25)) / 1000
    else if (line === '#EXT-X-GAP') lost = true
    else if (line && !line.startsWith('#')) {
      if (clock !== null) timeline.add(media, clock)
      if (lost) {
        const from = timeline.clockAt(media)
        if (from !== null) timeline.addHole(from, from + duration)
        missing += duration
      }
      media += duration
      segments += 1
      clock = null
      lost = false
    }
  }
  timeline.end = media
  return { timeline, duration: media, ended: /#EXT-X-ENDLIST/.test(text), segments, missing }
}

export class PlaylistRefused extends Error {
  constructor(readonly status: number) {
    super(`The playlist was answered with ${status}`)
  }
}

export async function fetchPlaylist(address: string): Promise<Listing> {
  const answer = await fetch(address, { credentials: 'include', cache: 'no-store' })
  if (!answer.ok) throw new PlaylistRefused(answer.status)
  return readPlaylist(await answer.text())
}
