import type { LatencyControl } from './latency'
import type { Rung, Way } from './ladder'
import type { Timeline } from './timeline'

/** What a source tells the picture it fills. */
export interface SourceEvents {
  /** The feed's state in the live process's words: waiting, on_air, covered, closed. */
  state(state: string): void
  lost(retryIn: number, opened: boolean): void
  denied(why: string): void
  /** The line did not keep up; 3 means that it is clearly too narrow. */
  trouble(weight: number): void
  unsupported(codecs: string): void
  /** Data is arriving. */
  alive(): void
  /** The picture's own size, or 0 × 0 for sound alone. */
  shape(width: number, height: number, codecs: string): void
}

/** Something that fills one video element. */
export interface Source {
  readonly way: Way
  readonly timeline: Timeline
  /** Present when the source steers its own delay; others (hls.js, the browser) steer theirs. */
  readonly control: LatencyControl | null
  /** When true somebody else sets rate and time to keep angles in step. */
  led: boolean
  /** True for a recording: any time of it can be sought, buffered or not. */
  readonly seekable: boolean
  /** Take another rung without starting anew; false when that is not possible. */
  switchRung(rung: Rung): boolean
  /** Stop fetching, keep the last picture. To go on, the picture makes a new source. */
  suspend(): void
  close(): void
}

/** End of the last buffered range, seconds of media time. */
export function bufferedEnd(video: HTMLVideoElement): number | null {
  const ranges = video.buffered
  return ranges.length ? ranges.end(ranges.length - 1) : null
}

/** True when this media time can be shown at once. */
export function isBuffered(video: HTMLVideoElement, media: number): boolean {
  const ranges = video.buffered
  for (let at = 0; at < ranges.length; at += 1) if (media >= ranges.start(at) && media <= ranges.end(at) - 0.02) return true
  return false
}

/** Chromium remakes its pipeline's clock at each assignment: set the rate only when it differs. */
export function setRate(video: HTMLVideoElement, rate: number): void {
  if (Math.abs(video.playbackRate - rate) > 0.004) video.playbackRate = rate
}
