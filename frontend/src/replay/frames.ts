type WithCallback = HTMLVideoElement & {
  requestVideoFrameCallback?: (act: (now: number, frame: { mediaTime: number }) => void) => number
}

/** Knows which frame is shown and how long frames last, so that one press moves exactly one frame. */
export class FrameStep {
  #last: number | null = null
  #length = 1 / 25
  #alive = true

  constructor(private readonly video: HTMLVideoElement) {
    this.#listen()
  }

  close(): void {
    this.#alive = false
  }

  step(frames: number): void {
    const from = this.#last !== null && Math.abs(this.#last - this.video.currentTime) < 1 ? this.#last : this.video.currentTime
    // the middle of the frame: a rounding of its edge must not show its neighbour
    this.video.currentTime = Math.max(0, from + (frames + 0.5) * this.#length)
  }

  #listen(): void {
    const video = this.video as WithCallback
    video.requestVideoFrameCallback?.((_now, { mediaTime }) => {
      const apart = this.#last === null ? 0 : mediaTime - this.#last
      if (!video.paused && apart > 0.008 && apart < 0.11 && video.playbackRate <= 1.1) this.#length += (apart - this.#length) * 0.2
      this.#last = mediaTime
      if (this.#alive) this.#listen()
    })
  }
}
