/** Something to fix, as the live process words it. */
export interface Trouble {
  code: string
  text: string
  values: Record<string, string | number>
}

/** One feed in the health document. */
export interface FeedHealth {
  feed: string
  state: string
  gate?: string
  on: boolean
  since: number | null
  way: string | null
  peer: string | null
  width: number | null
  height: number | null
  fps: number | null
  bitrate: number | null
  keyframe_interval: number | null
  b_frames: boolean | number | null
  audio: { rate: number; channels: number; level_db: number | null } | null
  last_gap: { at: number; seconds: number; reason: string } | null
  advice: Trouble[]
  refusals?: { at: number; peer: string; trouble: Trouble }[]
  recording: { on: boolean; bytes: number; seconds: number; alarm: Trouble | null }
  viewers: { ws: number; hls: number }
  rungs: Record<string, string>
}

export interface HealthDocument {
  now?: number
  feeds: Record<string, FeedHealth>
}
