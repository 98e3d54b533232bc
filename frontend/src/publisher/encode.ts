import { AUDIO_CONFIG, AUDIO_FRAME, VIDEO_CONFIG, VIDEO_FRAME, type Hello, type PublishLine } from './line'

const KEY_EVERY_US = 1_000_000
const AUDIO_BITS = 128_000
const AUDIO_RATE = 48_000
const TOO_MUCH_S = 0.8
const CLEAR_S = 0.15
const ENCODER_QUEUE = 3
const DRIFT_US = 150_000
const PROFILES = ['4D00', '42E0', '6400']

type Processor<T> = { readable: ReadableStream<T> }
type ProcessorClass = new (init: { track: MediaStreamTrack }) => Processor<never>

function processorClass(): ProcessorClass | undefined {
  return (globalThis as unknown as { MediaStreamTrackProcessor?: ProcessorClass }).MediaStreamTrackProcessor
}

/** True when this browser can encode frame by frame. */
export function canEncode(): boolean {
  return typeof VideoEncoder !== 'undefined' && typeof AudioEncoder !== 'undefined' && processorClass() !== undefined
}

export interface Picture {
  width: number
  height: number
  framerate: number
  bitrate: number
}

/** H.264 level for a size, as two hex digits: 3.1 up to 720p30, 4.0 up to 1080p30, above that 5.1. */
export function levelFor({ width, height, framerate }: Picture): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16) * framerate
  if (blocks <= 108_000) return '1F'
  if (blocks <= 245_760) return '28'
  return '33'
}

/** The first profile this browser encodes, or null. */
export async function chooseVideo(picture: Picture): Promise<VideoEncoderConfig | null> {
  for (const profile of PROFILES) {
    const config: VideoEncoderConfig = {
      codec: `avc1.${profile}${levelFor(picture)}`, width: picture.width, height: picture.height, framerate: picture.framerate,
      bitrate: picture.bitrate, latencyMode: 'realtime', avc: { format: 'avc' },
    }
    if ((await VideoEncoder.isConfigSupported(config)).supported) return config
  }
  return null
}

/** Brings the stamps of one track onto the page's clock, so that sound and picture share one. */
class SharedClock {
  #offset: number | null = null

  stamp(own: number): number {
    const now = performance.now() * 1000
    if (this.#offset === null || Math.abs(now - own - this.#offset) > DRIFT_US) this.#offset = now - own
    return own + this.#offset
  }
}

/** What is being sent, for the page to show. */
export interface Sent {
  frames: number
  bytes: number
  skipped: number
}

/** Encodes a camera's frames and a microphone's sound as they come and puts them on the line. */
export class FrameEncoder {
  readonly sent: Sent = { frames: 0, bytes: 0, skipped: 0 }
  readonly hello: Hello
  line: PublishLine | null = null
  #video: VideoEncoder
  #audio: AudioEncoder | null = null
  #videoConfig: Uint8Array | null = null
  #audioConfig: Uint8Array | null = null
  #lastKey = Number.NEGATIVE_INFINITY
  #wantKey = true
  #choked = false
  #canvas: OffscreenCanvas | null = null
  #stopped = false
  #readers: ReadableStreamDefaultReader<never>[] = []

  constructor(private readonly config: VideoEncoderConfig, video: MediaStreamTrack, audio: MediaStreamTrack | null, private readonly failed: (why: string) => void) {
    this.hello = {
      type: 'hello', container: null,
      video: { codec: config.codec, width: config.width, height: config.height, framerate: config.framerate ?? 30 },
      audio: audio ? { codec: 'opus', sampleRate: AUDIO_RATE, channels: 2 } : null,
    }
    this.#video = new VideoEncoder({ output: (chunk, meta) => this.#videoOut(chunk, meta), error: (error) => failed(error.message) })
    this.#video.configure(config)
    void this.#pump<VideoFrame>(video, (frame) => this.#videoIn(frame))
    if (!audio) return
    this.#audio = new AudioEncoder({ output: (chunk, meta) => this.#audioOut(chunk, meta), error: (error) => failed(error.message) })
    this.#audio.configure({ codec: 'opus', sampleRate: AUDIO_RATE, numberOfChannels: 2, bitrate: AUDIO_BITS })
    void this.#pump<AudioData>(audio, (data) => this.#audioIn(data))
  }

  /** A new line: configs first, then a key frame. */
  begin(): void {
    if (this.#videoConfig) this.line?.send(VIDEO_CONFIG, false, 0, this.#videoConfig)
    if (this.#audio) this.line?.send(AUDIO_CONFIG, false, 0, this.#audioConfig ?? new Uint8Array())
    this.needKey()
  }

  needKey(): void {
    this.#wantKey = true
  }

  close(): void {
    this.#stopped = true
    for (const reader of this.#readers) void reader.cancel().catch(() => undefined)
    for (const encoder of [this.#video, this.#audio]) if (encoder && encoder.state !== 'closed') encoder.close()
  }

  async #pump<T extends { close(): void; timestamp: number }>(track: MediaStreamTrack, take: (frame: T) => void): Promise<void> {
    const reader = new (processorClass()!)({ track }).readable.getReader()
    this.#readers.push(reader)
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done || this.#stopped) break
        take(value as unknown as T)
      }
    } catch (error) {
      if (!this.#stopped) this.failed(String(error))
    }
  }

  #videoClock = new SharedClock()
  #audioClock = new SharedClock()

  #videoIn(frame: VideoFrame): void {
    const stamp = this.#videoClock.stamp(frame.timestamp)
    if (!this.line?.ready || this.#isChoked() || this.#video.encodeQueueSize > ENCODER_QUEUE) {
      frame.close()
      if (this.line?.ready) this.sent.skipped += 1
      return
    }
    const sized = this.#fit(frame, stamp)
    frame.close()
    const keyFrame = this.#wantKey || stamp - this.#lastKey >= KEY_EVERY_US
    if (keyFrame) this.#lastKey = stamp
    this.#wantKey = false
    this.#video.encode(sized, { keyFrame })
    sized.close()
  }

  /** The line is full: leave pictures out until it is clear, and go on with a key frame. */
  #isChoked(): boolean {
    const seconds = ((this.line?.waiting ?? 0) * 8) / (this.config.bitrate ?? 1)
    if (!this.#choked && seconds > TOO_MUCH_S) this.#choked = true
    else if (this.#choked && seconds < CLEAR_S) {
      this.#choked = false
      this.#wantKey = true
    }
    return this.#choked
  }

  #fit(frame: VideoFrame, timestamp: number): VideoFrame {
    const { width, height } = this.config
    if (frame.displayWidth === width && frame.displayHeight === height) return new VideoFrame(frame, { timestamp })
    this.#canvas ??= new OffscreenCanvas(width, height)
    const scale = Math.min(width / frame.displayWidth, height / frame.displayHeight)
    const wide = frame.displayWidth * scale
    const high = frame.displayHeight * scale
    const context = this.#canvas.getContext('2d', { alpha: false })!
    context.fillRect(0, 0, width, height)
    context.drawImage(frame, (width - wide) / 2, (height - high) / 2, wide, high)
    return new VideoFrame(this.#canvas, { timestamp })
  }

  #videoOut(chunk: EncodedVideoChunk, meta?: EncodedVideoChunkMetadata): void {
    const description = meta?.decoderConfig?.description
    if (description) {
      this.#videoConfig = copy(description)
      this.line?.send(VIDEO_CONFIG, false, 0, this.#videoConfig)
    }
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    if (this.line?.send(VIDEO_FRAME, chunk.type === 'key', chunk.timestamp, data)) {
      this.sent.frames += 1
      this.sent.bytes += data.byteLength
    }
  }

  #audioIn(data: AudioData): void {
    const stamp = this.#audioClock.stamp(data.timestamp)
    this.#audioShift = stamp - data.timestamp
    if (this.line?.ready && this.#audio?.state === 'configured') this.#audio.encode(data)
    data.close()
  }

  #audioShift = 0

  #audioOut(chunk: EncodedAudioChunk, meta?: EncodedAudioChunkMetadata): void {
    const description = meta?.decoderConfig?.description
    if (description) {
      this.#audioConfig = copy(description)
      this.line?.send(AUDIO_CONFIG, false, 0, this.#audioConfig)
    }
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    if (this.line?.send(AUDIO_FRAME, true, chunk.timestamp + this.#audioShift, data)) this.sent.bytes += data.byteLength
  }
}

function copy(source: AllowSharedBufferSource): Uint8Array {
  return source instanceof ArrayBuffer ? new Uint8Array(source.slice(0)) : new Uint8Array((source as ArrayBufferView<ArrayBuffer>).buffer, (source as ArrayBufferView).byteOffset, source.byteLength).slice()
}
