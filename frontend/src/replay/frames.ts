type WithCallback = HTMLVideoElement & {
  requestVideoFrameCallback?: (act: (now: number, frame: { mediaTime: number }) => void) => number
}

const USUAL = 1 / 25
const SHORTEST = 0.008
const LONGEST = 0.11

/**
 * The grid on which a video's frames lie: one known frame and the length of each. A browser may leave frames out while
 * it plays, so the shortest distances seen count, not their mean.
 */
export class FrameGrid {
  length = USUAL
  #known: number | null = null
  #shortest = Number.POSITIVE_INFINITY

  /** A frame with this media time was shown; `playing` says that it followed the one before. */
  saw(mediaTime: number, playing: boolean): void {
    const apart = this.#known === null ? 0 : mediaTime - this.#known
    this.#known = mediaTime
    if (!playing || apart < SHORTEST || apart > LONGEST) return
    if (apart < this.#shortest * 0.8) this.length = apart
    this.#shortest = Math.min(this.#shortest, apart)
    if (apart < this.#shortest * 1.2) this.length += (apart - this.length) * 0.1
  }

  /** The middle of the frame that lies `frames` after the one shown at `now`: an edge could show its neighbour. */
  target(now: number, frames: number): number {
    const from = this.#known ?? 0
    const index = Math.floor((now - from) / this.length + 0.02)
    return Math.max(0, from + (index + frames + 0.5) * this.length)
  }
}

/** Moves a video by exactly one frame. */
export class FrameStep {
  readonly grid = new FrameGrid()
  #alive = true

  constructor(private readonly video: HTMLVideoElement) {
    this.#listen()
  }

  close(): void {
    this.#alive = false
  }

  step(frames: number): void {
    this.video.currentTime = this.grid.target(this.video.currentTime, frames)
  }

  #listen(): void {
    const video = this.video as WithCallback
    video.requestVideoFrameCallback?.((_now, { mediaTime }) => {
      this.grid.saw(mediaTime, !video.paused && !video.seeking && video.playbackRate <= 1.1)
      if (this.#alive) this.#listen()
    })
  }
}
