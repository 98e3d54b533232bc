import { bufferedEnd, isBuffered, setRate, type Source } from './source'

/** One picture as the step keeper sees it. */
export interface Stepper {
  readonly video: HTMLVideoElement
  readonly source: Source | null
  /** False for a picture that may go its own way (paused, hidden, not yet shown). */
  readonly inStep: boolean
  /** True when the leader must wait for it; a small picture only follows as well as it can. */
  readonly pressing: boolean
}

const TICK_MS = 50
const CLOSE_ENOUGH = 0.012
const STILL_ENOUGH = 0.02
const GAIN = 1.2
const MOST = 0.08
const SEEK_ABOVE = 0.5
const AT_END = 0.08
const RISE = 0.1
const FALL = 0.002

/** Speed for a follower that is `error` seconds behind the leader (negative: ahead). */
export function followRate(error: number, leaderRate: number): number {
  if (Math.abs(error) < CLOSE_ENOUGH) return leaderRate
  return leaderRate * (1 + Math.max(-MOST, Math.min(MOST, error * GAIN)))
}

/**
 * Keeps angles on one wall clock, the picture's own. The leader keeps its delay; followers are nudged within 8 % and
 * seek when they are more than half a second off. Where a follower's pictures arrive later than the leader shows them,
 * the leader is held back until all can be shown together.
 */
export class InStep {
  #timer: ReturnType<typeof setInterval> | undefined
  leader: Stepper | null = null
  followers: Stepper[] = []

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const follower of this.followers) this.#release(follower)
    if (this.leader?.source?.control) this.leader.source.control.hold = 0
  }

  /** Who leads and who follows from now on. */
  set(leader: Stepper | null, followers: Stepper[]): void {
    for (const before of [...this.followers, this.leader]) {
      if (before && !followers.includes(before)) this.#release(before)
    }
    this.leader = leader
    this.followers = followers
  }

  tick(): void {
    const leader = this.leader
    const source = leader?.source
    if (!leader || !source || source.timeline.empty) return
    const clock = source.timeline.clockAt(leader.video.currentTime)
    if (clock === null) return
    let missing = Number.NEGATIVE_INFINITY
    for (const follower of this.followers) {
      if (!follower.inStep) this.#release(follower)
      else missing = Math.max(missing, this.#follow(follower, leader, clock))
    }
    const end = bufferedEnd(leader.video)
    if (source.control && end !== null) this.#hold(source.control, end - leader.video.currentTime + missing)
  }

  /** Steer one follower; returns by how many seconds the leader is ahead of what the follower has (negative: spare). */
  #follow(follower: Stepper, leader: Stepper, clock: number): number {
    const { video, source } = follower
    const none = Number.NEGATIVE_INFINITY
    if (!source || source.timeline.empty || video.readyState < 2) return none
    const want = source.timeline.mediaAt(clock)
    const end = bufferedEnd(video)
    if (want === null || end === null) return none
    const missing = follower.pressing && source.control ? want - (end - source.control.target) : none
    if (!source.seekable && want > end - (follower.pressing ? 0 : AT_END)) {
      this.#release(follower)
      return missing
    }
    source.led = true
    const error = want - video.currentTime
    if (leader.video.paused) {
      if (Math.abs(error) > STILL_ENOUGH && !video.seeking && !leader.video.seeking) video.currentTime = want
    } else if (Math.abs(error) > SEEK_ABOVE) {
      setRate(video, leader.video.playbackRate)
      if (!video.seeking && (source.seekable || isBuffered(video, want))) video.currentTime = want
    } else if (!video.seeking) setRate(video, followRate(error, leader.video.playbackRate))
    return missing
  }

  /** Hold the leader at the delay at which every pressing follower has its picture too; let go slowly. */
  #hold(control: NonNullable<Source['control']>, lag: number): void {
    if (lag > control.hold) control.hold = Math.max(control.hold, control.hold + (lag - control.hold) * RISE)
    else control.hold = Math.max(0, control.hold - FALL)
  }

  #release(stepper: Stepper): void {
    if (!stepper.source?.led) return
    stepper.source.led = false
    setRate(stepper.video, 1)
  }
}
