import { describe, expect, it } from 'vitest'
import { CALM, CLOSEST, LatencyControl, NARROW } from '../src/media/latency'
import { Ladder } from '../src/media/ladder'
import { readPlaylist } from '../src/media/playlist'
import { followRate } from '../src/media/step'
import { Timeline } from '../src/media/timeline'

describe('latency control', () => {
  it('nudges within its slack and leaves the rate alone inside it', () => {
    const control = new LatencyControl(CLOSEST)
    expect(control.steer(0.15, 0).rate).toBe(1)
    expect(control.steer(0.22, 0).rate).toBe(1)
    expect(control.steer(0.24, 0).rate).toBe(1.08)
    expect(control.steer(0.06, 0).rate).toBe(0.95)
  })

  it('jumps when it is a second behind, and when it stands before the buffer', () => {
    const control = new LatencyControl(CLOSEST)
    expect(control.steer(1.16, 0).jumpToLag).toBeCloseTo(0.15)
    expect(control.steer(-0.01, 0).jumpToLag).toBeCloseTo(0.15)
    expect(control.steer(1.1, 0).jumpToLag).toBeNull()
  })

  it('raises the target at each wait up to its limit and lowers it slowly', () => {
    const control = new LatencyControl(CLOSEST)
    control.waited(0)
    expect(control.target).toBeCloseTo(0.2375)
    for (let wait = 0; wait < 20; wait += 1) control.waited(wait)
    expect(control.target).toBe(0.6)
    control.steer(0.6, 3000)
    expect(control.target).toBe(0.6)
    for (let second = 4; second < 14; second += 1) control.steer(0.3, 20 + second * 1000)
    expect(control.target).toBeGreaterThan(0.3)
    expect(control.target).toBeLessThan(0.45)
    for (let second = 14; second < 120; second += 1) control.steer(0.3, 20 + second * 1000)
    expect(control.target).toBeCloseTo(CLOSEST.min)
  })

  it('keeps what it learnt when the line changes, and starts calm when calm is asked for', () => {
    const control = new LatencyControl(CLOSEST)
    control.use(NARROW)
    expect(control.target).toBe(NARROW.start)
    control.use(CALM)
    expect(control.target).toBe(1.5)
    control.hold = 2
    expect(control.wanted).toBe(2)
  })
})

describe('ladder', () => {
  it('takes the small picture after three waits, the steadier way after eight more, and no further', () => {
    const ladder = new Ladder(0)
    expect([ladder.trouble(0), ladder.trouble(1000), ladder.trouble(2000)]).toEqual([null, null, 'small'])
    for (let at = 3000; at < 10_000; at += 1000) expect(ladder.trouble(at)).toBeNull()
    expect(ladder.trouble(10_000)).toBe('steady')
    expect([ladder.trouble(11_000, 8), ladder.rung, ladder.steady]).toEqual([null, 'low', true])
  })

  it('forgets waits that lie far apart', () => {
    const ladder = new Ladder(0)
    for (let at = 0; at < 300_000; at += 15_000) expect(ladder.trouble(at)).toBeNull()
  })

  it('tries the original again after a calm minute, and waits longer when that failed', () => {
    const ladder = new Ladder(0)
    ladder.trouble(0, 3)
    expect(ladder.calm(59_000)).toBeNull()
    expect(ladder.calm(61_000)).toBe('better')
    expect(ladder.trouble(65_000, 3)).toBe('small')
    expect(ladder.calm(130_000)).toBeNull()
    expect(ladder.calm(190_000)).toBe('better')
  })
})

describe('timeline', () => {
  const timeline = new Timeline([{ media: 10, clock: 1000 }, { media: 12, clock: 1002 }, { media: 14, clock: 1010 }])
  timeline.end = 20

  it('goes both ways between media time and the wall clock', () => {
    expect(timeline.clockAt(11)).toBe(1001)
    expect(timeline.mediaAt(1001)).toBe(11)
    expect(timeline.clockAt(15)).toBe(1011)
    expect(timeline.mediaAt(1012)).toBe(16)
  })

  it('gives a clock inside a gap the next picture', () => {
    expect(timeline.mediaAt(1006)).toBe(14)
    expect(timeline.has(1006)).toBe(false)
    expect(timeline.has(1003.9)).toBe(true)
    expect(timeline.gaps()).toEqual([{ from: 1004, to: 1010 }])
  })

  it('ends where the pictures end', () => {
    expect(timeline.mediaAt(5000)).toBe(20)
    expect(timeline.has(1016.2)).toBe(true)
    expect(timeline.has(1016.5)).toBe(false)
    expect(timeline.has(900)).toBe(false)
  })

  it('is the same whatever order the anchors came in', () => {
    const other = new Timeline([{ media: 14, clock: 1010 }, { media: 10, clock: 1000 }, { media: 12, clock: 1002 }])
    expect(other.anchors).toEqual(timeline.anchors)
    other.add(12.01, 1002.5)
    expect(other.anchors).toHaveLength(3)
  })
})

describe('playlist', () => {
  const text = `#EXTM3U
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00.000Z
#EXTINF:2.00000,
0.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:10.000Z
#EXTINF:3.50000,
1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:13.500Z
#EXT-X-GAP
#EXTINF:2.00000,
2.m4s
#EXT-X-ENDLIST
`
  const start = Date.UTC(2026, 10, 22, 10) / 1000

  it('lays segments end to end and keeps their wall clock', () => {
    const listing = readPlaylist(text)
    expect([listing.duration, listing.segments, listing.missing, listing.ended]).toEqual([7.5, 3, 2, true])
    expect(listing.timeline.clockAt(2.5)).toBe(start + 10.5)
    expect(listing.timeline.mediaAt(start + 5)).toBe(2)
  })

  it('marks the encoder’s gap and the lost segment', () => {
    const { timeline } = readPlaylist(text)
    expect(timeline.gaps()).toEqual([{ from: start + 2, to: start + 10 }, { from: start + 13.5, to: start + 15.5 }])
    expect(timeline.has(start + 14)).toBe(false)
    expect(timeline.has(start + 12)).toBe(true)
  })
})

describe('keeping in step', () => {
  it('leaves a follower alone within a third of a frame, and nudges by at most 8 %', () => {
    expect(followRate(0.005, 1)).toBe(1)
    expect(followRate(0.02, 1)).toBeCloseTo(1.024)
    expect(followRate(-0.4, 1)).toBeCloseTo(0.92)
    expect(followRate(0.4, 2)).toBeCloseTo(2.16)
  })

  it('brings a follower to its leader and keeps it there', () => {
    let error = 0.3
    for (let tick = 0; tick < 400; tick += 1) error -= (followRate(error, 1) - 1) * 0.05
    expect(Math.abs(error)).toBeLessThan(0.0125)
  })
})
