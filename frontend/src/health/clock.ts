const COLUMNS = 80
const ROWS = 45
const BITS = 20
const WEAKEST = 24
const MODULO = 2 ** 32
const WIDTH = 640
const HEIGHT = 360
const TOP = Math.ceil((HEIGHT * 3.5) / ROWS)

/** Pixels as a canvas gives them. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array
  width: number
  height: number
}

/** Mean green of the middle half of a cell of the 80 × 45 grid, in an image of the given whole height. */
function cell({ data, width, height }: Pixels, wholeHeight: number, column: number, row: number): number {
  const x0 = Math.floor(((column + 0.25) * width) / COLUMNS)
  const x1 = Math.max(x0 + 1, Math.ceil(((column + 0.75) * width) / COLUMNS))
  const y0 = Math.floor(((row + 0.25) * wholeHeight) / ROWS)
  const y1 = Math.min(height, Math.max(y0 + 1, Math.ceil(((row + 0.75) * wholeHeight) / ROWS)))
  let sum = 0
  for (let y = y0; y < y1; y += 1) for (let x = x0; x < x1; x += 1) sum += data[(y * width + x) * 4 + 1]!
  return sum / ((x1 - x0) * (y1 - y0))
}

function crc8(bytes: readonly number[]): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 128 ? ((crc << 1) ^ 7) & 255 : (crc << 1) & 255
  }
  return crc
}

/**
 * Read the rehearsal's clock: ms since 1970 modulo 2^32, or null when there is none. The geometry is that of
 * glisson.streaming.rehearsal.clock: two rows of 22 cells with light and dark references at their ends.
 */
export function readClock(image: Pixels, wholeHeight = image.height): number | null {
  const bytes = [0, 0, 0, 0, 0]
  for (let row = 0; row < 2; row += 1) {
    const first = cell(image, wholeHeight, 1, 1 + row)
    const last = cell(image, wholeHeight, 22, 1 + row)
    if ((row === 0 ? first - last : last - first) < WEAKEST) return null
    const half = (first + last) / 2
    for (let bit = 0; bit < BITS; bit += 1) {
      const at = row * BITS + bit
      if (cell(image, wholeHeight, 2 + bit, 1 + row) > half) bytes[at >> 3]! |= 128 >> (at & 7)
    }
  }
  if (crc8(bytes.slice(0, 4)) !== bytes[4]) return null
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
}

/** The whole time of a reading modulo 2^32 ms: the one nearest to now. */
export function wholeTime(reading: number, nowMs: number): number {
  const apart = (((nowMs - reading) % MODULO) + MODULO) % MODULO
  return nowMs - (apart > MODULO / 2 ? apart - MODULO : apart)
}

/** Reads the clock of a video now and then. */
export class ClockReader {
  #canvas = document.createElement('canvas')

  /** Ms since 1970 of the picture shown now, or null. */
  read(video: HTMLVideoElement, nowMs: number): number | null {
    if (video.readyState < 2 || !video.videoWidth) return null
    this.#canvas.width = WIDTH
    this.#canvas.height = TOP
    const context = this.#canvas.getContext('2d', { willReadFrequently: true })
    if (!context) return null
    try {
      context.drawImage(video, 0, 0, WIDTH, HEIGHT)
      const reading = readClock(context.getImageData(0, 0, WIDTH, TOP), HEIGHT)
      return reading === null ? null : wholeTime(reading, nowMs)
    } catch {
      return null // a picture played by the browser's own HLS from another origin cannot be read
    }
  }
}
