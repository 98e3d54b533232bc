import { describe, expect, it } from 'vitest'
import { readClock, wholeTime } from '../src/health/clock'
import { ServerTime } from '../src/page/servertime'
import { Signal } from '../src/page/signal'
import { bytes, elapsed, timeOfDay } from '../src/page/times'
import { packMessage } from '../src/publisher/line'
import { levelFor } from '../src/publisher/encode'
import { levelOf } from '../src/publisher/capture'
import { leaderAt, extent, type Recorded } from '../src/replay/load'
import { FrameGrid } from '../src/replay/frames'
import { arrange, choose } from '../src/stage/arrange'
import { Timeline } from '../src/media/timeline'
import { fill, speaker, WORDS } from '../src/words'

/** Paint the rehearsal's strip as its Python side describes it. */
function paint(milliseconds: number, width = 640, height = 360): { data: Uint8ClampedArray; width: number; height: number } {
  let crc = 0
  for (const shift of [24, 16, 8, 0]) {
    crc ^= (milliseconds >>> shift) & 255
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 128 ? ((crc << 1) ^ 7) & 255 : crc << 1
  }
  const bits = [...(milliseconds >>> 0).toString(2).padStart(32, '0'), ...crc.toString(2).padStart(8, '0')].map(Number)
  const rows = [[1, ...bits.slice(0, 20), 0], [0, ...bits.slice(20), 1]]
  const data = new Uint8ClampedArray(width * height * 4).fill(90)
  rows.forEach((cells, row) => cells.forEach((light, column) => {
    for (let y = (row + 1) * 8; y < (row + 2) * 8; y += 1) {
      for (let x = (column + 1) * 8; x < (column + 2) * 8; x += 1) data[(y * width + x) * 4 + 1] = light ? 180 : 20
    }
  }))
  return { data, width, height }
}

describe('the rehearsal clock', () => {
  it('is read from the pixels', () => {
    for (const value of [0, 1, 0x80000000, 0xffffffff, 1795370255]) expect(readClock(paint(value >>> 0))).toBe(value >>> 0)
  })

  it('is not read where there is none, or where a cell is damaged', () => {
    const image = paint(123456789)
    expect(readClock({ ...image, data: new Uint8ClampedArray(image.data.length).fill(120) })).toBeNull()
    for (let y = 8; y < 16; y += 1) for (let x = 40; x < 48; x += 1) image.data[(y * 640 + x) * 4 + 1]! ^= 0xa0
    expect(readClock(image)).toBeNull()
  })

  it('becomes the whole time nearest to now, across the wrap too', () => {
    const now = 5 * 2 ** 32 + 100
    expect(wholeTime(50, now)).toBe(now - 50)
    expect(wholeTime(2 ** 32 - 100, now)).toBe(now - 200)
    expect(wholeTime(130, now)).toBe(now + 30)
  })
})

describe('server time', () => {
  it('believes the shortest round trip', () => {
    const time = new ServerTime()
    time.hear(1010, 1000_000, 1001_000)
    expect(time.offset.value).toBeCloseTo(9.5)
    time.hear(1013, 1003_000, 1003_020)
    expect(time.offset.value).toBeCloseTo(9.99)
    time.hear(1020, 1004_000, 1006_000)
    expect(time.offset.value).toBeCloseTo(9.99)
  })

  it('uses the Date header only against a clock that is clearly wrong', () => {
    const time = new ServerTime()
    const at = Date.UTC(2026, 10, 22)
    time.hearDate(new Date(at).toUTCString(), at + 900, at + 950)
    expect(time.offset.value).toBe(0)
    time.hearDate(new Date(at).toUTCString(), at + 60_000, at + 60_040)
    expect(time.offset.value).toBeCloseTo(-59.5, 0)
  })
})

describe('words', () => {
  it('fills figures in and falls back to English', () => {
    expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}')
    expect(speaker({ play: 'Abspielen' })('play')).toBe('Abspielen')
    expect(speaker({ play: '' })('play')).toBe('Play')
    expect(speaker(undefined)('behind', { seconds: '0.27' })).toBe('0.27 s behind')
  })

  it('never leaves a sentence without words', () => {
    for (const [key, sentence] of Object.entries(WORDS)) {
      expect(sentence.trim(), key).not.toBe('')
      expect(sentence.split('{').length, key).toBe(sentence.split('}').length)
    }
  })
})

describe('times', () => {
  it('says elapsed time, time of day with its zone, and sizes', () => {
    expect([elapsed(0), elapsed(59.99999999), elapsed(61), elapsed(3661), elapsed(-2)]).toEqual(['0:00', '1:00', '1:01', '1:01:01', '0:00'])
    expect(timeOfDay(Date.UTC(2026, 10, 22, 2, 31, 7) / 1000, 'Asia/Shanghai')).toBe('10:31:07 GMT+8')
    expect([bytes(900), bytes(2.5e6), bytes(3.21e9)]).toEqual(['1 kB', '2.5 MB', '3.21 GB'])
  })
})

describe('signals', () => {
  it('tell watchers now and at each change, until they stop', () => {
    const signal = new Signal(1)
    const heard: number[] = []
    const stop = signal.watch((value) => heard.push(value))
    signal.value = 2
    signal.value = 2
    stop()
    signal.value = 3
    expect(heard).toEqual([1, 2])
  })
})

describe('the arrangement', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']

  it('gives every angle one place', () => {
    expect([...arrange('one', 'b', 'a', ids).values()]).toEqual(['thumb', 'main', 'thumb', 'thumb', 'thumb'])
    expect([...arrange('side', 'b', 'a', ids).values()]).toEqual(['right', 'left', 'thumb', 'thumb', 'thumb'])
    expect([...arrange('inset', 'b', 'b', ids).values()]).toEqual(['thumb', 'main', 'thumb', 'thumb', 'thumb'])
    expect([...arrange('all', 'e', null, ids).values()]).toEqual(['quarter', 'quarter', 'quarter', 'thumb', 'quarter'])
    expect([...arrange('all', 'a', null, ['a']).values()]).toEqual(['main'])
  })

  it('brings a pressed angle to the front, or swaps two', () => {
    expect(choose('one', 'a', null, 'b')).toEqual({ main: 'b', second: null })
    expect(choose('side', 'a', 'b', 'c')).toEqual({ main: 'a', second: 'c' })
    expect(choose('side', 'a', 'b', 'a')).toEqual({ main: 'b', second: 'a' })
    expect(choose('one', 'a', 'b', 'b')).toEqual({ main: 'b', second: 'a' })
  })
})

describe('the browser’s wire', () => {
  it('packs kind, key flag and microseconds before the payload', () => {
    const message = new DataView(packMessage(2, true, -1_500_000, new Uint8Array([7, 8])))
    expect([message.getUint8(0), message.getUint8(1), message.getBigInt64(2), message.byteLength, message.getUint8(11)]).toEqual([2, 1, -1_500_000n, 12, 8])
  })

  it('chooses the H.264 level that the size needs', () => {
    const level = (width: number, height: number, framerate: number): string => levelFor({ width, height, framerate, bitrate: 1 })
    expect([level(854, 480, 30), level(1280, 720, 30), level(1280, 720, 60), level(1920, 1080, 30), level(1920, 1080, 60)]).toEqual(['1F', '1F', '28', '28', '33'])
  })

  it('measures sound in dB of full scale', () => {
    expect(levelOf(new Float32Array(64).fill(1))).toBeCloseTo(0)
    expect(levelOf(new Float32Array(64).fill(0.1))).toBeCloseTo(-20)
    expect(levelOf(new Float32Array(64))).toBe(-60)
  })
})

describe('replay', () => {
  const recorded = (id: string, start: number, end: number): Recorded => {
    const timeline = new Timeline([{ media: 0, clock: start }])
    timeline.end = end - start
    const feed = { id, code: id, angle: 'room', title: id, state: 'closed' }
    return { feed, listing: { timeline, duration: end - start, ended: true, segments: 1, missing: 0 } }
  }
  const both = [recorded('a', 100, 200), recorded('b', 150, 300)]

  it('reaches from the first picture to the last, and is led by an angle that has one', () => {
    expect(extent(both)).toEqual({ start: 100, end: 300 })
    expect([leaderAt(both, 'a', 160), leaderAt(both, 'b', 120), leaderAt(both, 'a', 250), leaderAt(both, 'a', 900)]).toEqual(['a', 'a', 'b', 'a'])
  })

  it('steps from frame to frame whatever frames the browser left out', () => {
    const grid = new FrameGrid()
    for (const frame of [0, 2, 3, 4, 6, 7, 9, 10]) grid.saw(5 + frame / 30, true)
    expect(grid.length).toBeCloseTo(1 / 30, 3)
    const shown = (target: number): number => Math.floor((target - 5) * 30 + 1e-6)
    expect(shown(grid.target(5 + 10 / 30, 1))).toBe(11)
    expect(shown(grid.target(5 + 11.5 / 30, 1))).toBe(12)
    expect(shown(grid.target(5 + 11.5 / 30, -1))).toBe(10)
  })
})
