import { fetchPlaylist, PlaylistRefused, type Listing } from '../media/playlist'
import type { FeedData } from '../page/data'
import type { Pass } from '../page/pass'

export interface Recorded {
  feed: FeedData
  listing: Listing
}

/** The recordings that exist, in the order of the feeds. Throws when the live process cannot be reached at all. */
export async function loadRecordings(feeds: FeedData[], base: string, pass: Pass): Promise<Recorded[]> {
  const asked = await Promise.all(feeds.map(async (feed) => {
    const listing = await fetchListing(`${base}/${feed.id}/original/replay.m3u8`, pass)
    return listing?.segments && !listing.timeline.empty ? { feed, listing } : null
  }))
  return asked.filter((recorded) => recorded !== null)
}

async function fetchListing(address: string, pass: Pass): Promise<Listing | null> {
  try {
    return await fetchPlaylist(address)
  } catch (error) {
    if (!(error instanceof PlaylistRefused)) throw error
    if ((error.status === 401 || error.status === 403) && (await pass.renew())) return fetchPlaylist(address).catch(() => null)
    return null
  }
}

/** From the first picture of any angle to the last, on the wall clock. */
export function extent(recorded: readonly Recorded[]): { start: number; end: number } {
  const starts = recorded.map(({ listing }) => listing.timeline.anchors[0]!.clock)
  const ends = recorded.map(({ listing }) => listing.timeline.clockAt(listing.duration)!)
  return { start: Math.min(...starts), end: Math.max(...ends) }
}

/** The recording that leads at this time: the wanted one, or another that has a picture then. */
export function leaderAt(recorded: readonly Recorded[], wanted: string, clock: number): string {
  const has = (one: Recorded): boolean => one.listing.timeline.has(clock)
  const first = recorded.find((one) => one.feed.id === wanted)
  if (first && has(first)) return wanted
  return recorded.find(has)?.feed.id ?? wanted
}
