import { groupBase } from './data'
import type { Pass } from './pass'

/** One feed in the answer of `/live/v/<group>/state`. */
export interface FeedState {
  state: string
  on: boolean
  since: number | null
  recorded_seconds: number
  /** Wall clock of the first recorded picture, where the live process tells it. */
  began?: number | null
}

export interface GroupState {
  now?: number
  feeds: Record<string, FeedState>
}

/** Ask the live process how its feeds are; null when it does not answer. */
export async function fetchState(pass: Pass): Promise<GroupState | null> {
  const sent = Date.now()
  try {
    const answer = await fetch(`${groupBase(pass.data.value)}/state`, { credentials: 'include', cache: 'no-store' })
    if (answer.status === 401 || answer.status === 403) {
      await pass.renew()
      return null
    }
    if (!answer.ok) return null
    const received = Date.now()
    pass.time.hearDate(answer.headers.get('Date'), sent, received)
    const state = (await answer.json()) as GroupState
    if (state.now) pass.time.hear(state.now, sent, received)
    return state
  } catch {
    return null
  }
}
