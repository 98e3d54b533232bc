import { Signal } from '../page/signal'

const RATE = 48_000
const FLOOR_DB = -60

export type From = 'camera' | 'screen'

export interface Wish {
  from: From
  device: string
  /** A microphone's id, '' for the default one, 'none' for no sound. */
  microphone: string
  width: number
  height: number
  framerate: number
}

/** The camera or screen and the microphone, as chosen; sound is brought to 48 kHz stereo on the way. */
export class Capture {
  readonly level = new Signal<number>(FLOOR_DB)
  readonly video: MediaStreamTrack
  readonly audio: MediaStreamTrack | null
  readonly preview: MediaStream
  #sources: MediaStream[]
  #context: AudioContext | null = null
  #timer: ReturnType<typeof setInterval> | undefined

  private constructor(video: MediaStream, sound: MediaStream | null) {
    this.#sources = sound ? [video, sound] : [video]
    this.video = video.getVideoTracks()[0]!
    this.video.contentHint = 'motion'
    this.preview = new MediaStream([this.video])
    this.audio = sound ? this.#mix(sound) : null
  }

  static async open(wish: Wish): Promise<Capture> {
    const size = { width: { ideal: wish.width }, height: { ideal: wish.height }, frameRate: { ideal: wish.framerate } }
    const device = wish.device ? { deviceId: { exact: wish.device } } : {}
    const video = wish.from === 'screen'
      ? await navigator.mediaDevices.getDisplayMedia({ video: size, audio: false })
      : await navigator.mediaDevices.getUserMedia({ video: { ...size, ...device } })
    if (wish.microphone === 'none') return new Capture(video, null)
    try {
      const chosen = wish.microphone ? { deviceId: { exact: wish.microphone } } : {}
      // a theatre's sound is not a telephone call: nothing is suppressed or levelled
      const sound = await navigator.mediaDevices.getUserMedia({ audio: { ...chosen, echoCancellation: false, noiseSuppression: false, autoGainControl: false } })
      return new Capture(video, sound)
    } catch (error) {
      if ((error as DOMException).name === 'NotFoundError') return new Capture(video, null)
      for (const track of video.getTracks()) track.stop()
      throw error
    }
  }

  /** Everything for a recorder. */
  get stream(): MediaStream {
    return new MediaStream(this.audio ? [this.video, this.audio] : [this.video])
  }

  close(): void {
    clearInterval(this.#timer)
    for (const source of this.#sources) for (const track of source.getTracks()) track.stop()
    void this.#context?.close()
  }

  #mix(sound: MediaStream): MediaStreamTrack {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' })
    this.#context = context
    void context.resume()
    const source = context.createMediaStreamSource(sound)
    const destination = context.createMediaStreamDestination()
    destination.channelCount = 2
    const meter = context.createAnalyser()
    meter.fftSize = 2048
    source.connect(meter)
    source.connect(destination)
    const samples = new Float32Array(meter.fftSize)
    this.#timer = setInterval(() => {
      meter.getFloatTimeDomainData(samples)
      this.level.value = levelOf(samples)
    }, 100)
    return destination.stream.getAudioTracks()[0]!
  }
}

/** Root mean square in dB of full scale, not below -60. */
export function levelOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.max(FLOOR_DB, 10 * Math.log10(sum / samples.length || 1e-12))
}

export interface Device {
  id: string
  label: string
}

/** Cameras and microphones; names come only after the browser's permission. */
export async function listDevices(kind: 'videoinput' | 'audioinput'): Promise<Device[]> {
  const all = await navigator.mediaDevices.enumerateDevices()
  return all.filter((device) => device.kind === kind && device.deviceId).map((device) => ({ id: device.deviceId, label: device.label || device.deviceId.slice(0, 8) }))
}
