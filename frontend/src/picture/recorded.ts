import { fetchPlaylist, PlaylistRefused, type Listing } from '../media/playlist'
import type { Rung } from '../media/ladder'
import type { Pass } from '../page/pass'

const MUCH_MISSING = 0.05

/** Ask with the pass we have, and once more with a fresh one when it is refused. */
async function askWithPass<T>(ask: () => Promise<T>, pass: Pass | null): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const status = error instanceof PlaylistRefused ? error.status : 0
    if (![401, 403].includes(status) || (pass && !(await pass.renew()))) throw error
    return ask()
  }
}

/** The recording of one feed: which of its rungs can be shown, and where it lies on the clock. */
export class RecordedFeed {
  #lacking = new Set<Rung>()

  constructor(private readonly address: string, private readonly file: 'rewind' | 'replay', private readonly pass: Pass | null) {}

  playlist(rung: Rung): string {
    return `${this.address}/${rung}/${this.file}.m3u8`
  }

  /** The rung to show when this one is wanted. */
  rungFor(wanted: Rung): Rung {
    return this.#lacking.has(wanted) ? 'original' : wanted
  }

  /** Throws when there is no recording, or it cannot be reached. */
  async list(wanted: Rung): Promise<Listing> {
    const ask = (rung: Rung): Promise<Listing> => askWithPass(() => fetchPlaylist(this.playlist(rung)), this.pass)
    const listing = wanted === 'original' ? await ask(wanted) : await this.#listSmaller(wanted, ask)
    if (!listing.segments) throw new PlaylistRefused(404)
    return listing
  }

  async #listSmaller(wanted: Rung, ask: (rung: Rung) => Promise<Listing>): Promise<Listing> {
    this.#lacking.delete(wanted)
    const listing = await ask(wanted).catch((error: unknown) => {
      if (error instanceof PlaylistRefused && error.status === 404) return null
      throw error
    })
    if (listing && listing.missing < listing.duration * MUCH_MISSING) return listing
    this.#lacking.add(wanted) // this rung was not made, or not without holes, while the feed was live
    return ask('original')
  }
}
