import { CONTAINER, type Hello, type PublishLine } from './line'
import type { Sent } from './encode'

const SLICE_MS = 120
const KINDS = ['video/webm;codecs=h264,opus', 'video/x-matroska;codecs=avc1,opus', 'video/mp4;codecs=avc1.42E01F,mp4a.40.2', 'video/mp4']

/** The container this browser records that the live process understands, or null. */
export function recordableKind(): string | null {
  if (typeof MediaRecorder === 'undefined') return null
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? null
}

/** Where there is no WebCodecs: the browser's recorder, about a second later. */
export class RecordEncoder {
  readonly sent: Sent = { frames: 0, bytes: 0, skipped: 0 }
  readonly hello: Hello
  line: PublishLine | null = null
  #recorder: MediaRecorder | null = null

  constructor(private readonly stream: MediaStream, private readonly kind: string, private readonly bitrate: number, private readonly failed: (why: string) => void) {
    this.hello = { type: 'hello', video: null, audio: null, container: kind }
  }

  /** A container has one beginning: each new line gets a recorder of its own. */
  begin(): void {
    this.#stop()
    const options = { mimeType: this.kind, videoBitsPerSecond: this.bitrate, videoKeyFrameIntervalDuration: 1000 }
    const recorder = new MediaRecorder(this.stream, options)
    this.#recorder = recorder
    recorder.ondataavailable = async ({ data }) => {
      const bytes = await data.arrayBuffer()
      if (recorder === this.#recorder && bytes.byteLength && this.line?.send(CONTAINER, false, 0, bytes)) this.sent.bytes += bytes.byteLength
    }
    recorder.onerror = () => this.failed('MediaRecorder')
    recorder.start(SLICE_MS)
  }

  needKey(): void {
    // the recorder makes its key frames by the second
  }

  close(): void {
    this.#stop()
  }

  #stop(): void {
    const recorder = this.#recorder
    this.#recorder = null
    if (recorder && recorder.state !== 'inactive') recorder.stop()
  }
}
