// A small stand-in for the live process: speaks the WebSocket wire from an fMP4 that ffmpeg makes, for working on the
// players without the rest of the house. Not used by the product.
import { spawn } from 'node:child_process'
import { WebSocketServer } from 'ws'

const TICKS = 90000

function boxes(data, from = 0, to = data.length) {
  const found = []
  for (let at = from; at + 8 <= to;) {
    const size = data.readUInt32BE(at)
    if (size < 8 || at + size > to) break
    found.push({ type: data.toString('latin1', at + 4, at + 8), at, size })
    at += size
  }
  return found
}
const inside = (data, box) => boxes(data, box.at + 8, box.at + box.size)

/** Move every traf's tfdt by `shift` seconds; returns the first one's time and whether it starts with a key frame. */
function shiftMoof(data, shift, scales) {
  let start = null
  let key = false
  for (const traf of inside(data, boxes(data)[0]).filter((box) => box.type === 'traf')) {
    const parts = inside(data, traf)
    const track = data.readUInt32BE(parts.find((box) => box.type === 'tfhd').at + 12)
    const tfdt = parts.find((box) => box.type === 'tfdt').at
    const time = data.readBigUInt64BE(tfdt + 12) + BigInt(Math.round(shift * scales[track]))
    data.writeBigUInt64BE(time, tfdt + 12)
    const trun = parts.find((box) => box.type === 'trun')
    if (!trun || track !== 1) continue
    start = Number(time) / scales[track]
    const flags = data.readUInt32BE(trun.at + 8) & 0xffffff
    const first = trun.at + 16 + (flags & 1 ? 4 : 0)
    if (flags & 4) key = (data.readUInt32BE(first) & 0x10000) === 0
    else if (flags & 0x400) {
      const skip = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0)
      key = (data.readUInt32BE(first + skip) & 0x10000) === 0
    }
  }
  return { start, key }
}

function timescales(init) {
  const scales = {}
  const moov = boxes(init).find((box) => box.type === 'moov')
  for (const trak of inside(init, moov).filter((box) => box.type === 'trak')) {
    const tkhd = inside(init, trak).find((box) => box.type === 'tkhd')
    const mdia = inside(init, trak).find((box) => box.type === 'mdia')
    const mdhd = inside(init, mdia).find((box) => box.type === 'mdhd')
    scales[init.readUInt32BE(tkhd.at + 20)] = init.readUInt32BE(mdhd.at + 20)
  }
  return scales
}

class RungSource {
  constructor(feed, name, args) {
    Object.assign(this, { feed, name, args, viewers: new Set(), gop: [], init: null, carry: Buffer.alloc(0) })
  }

  start(shift) {
    this.shift = shift
    this.initParts = []
    this.carry = Buffer.alloc(0)
    this.fresh = true
    this.process = spawn('ffmpeg', ['-v', 'error', '-re', ...this.args, '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof',
      '-frag_duration', '100000', '-flush_packets', '1', 'pipe:1'], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.process.stdout.on('data', (data) => this.take(data))
  }

  stop() {
    this.process?.kill('SIGKILL')
    this.process = null
  }

  take(data) {
    this.carry = Buffer.concat([this.carry, data])
    for (const box of boxes(this.carry)) {
      const bytes = Buffer.from(this.carry.subarray(box.at, box.at + box.size))
      if (box.type === 'ftyp' || box.type === 'moov') this.initParts.push(bytes)
      if (box.type === 'moov') {
        this.init = Buffer.concat(this.initParts)
        this.scales = timescales(this.init)
      }
      if (box.type === 'moof') this.moof = bytes
      if (box.type === 'mdat') this.fragment(Buffer.concat([this.moof, bytes]))
      this.used = box.at + box.size
    }
    this.carry = this.carry.subarray(this.used ?? 0)
    this.used = 0
  }

  fragment(data) {
    const { start, key } = shiftMoof(data, this.shift, this.scales)
    const fragment = { data, start: start ?? 0, key: this.name === 'audio' ? true : key, clock: this.feed.epoch + (start ?? 0), gap: this.fresh }
    if (fragment.key) this.gop = []
    this.gop.push(fragment)
    this.fresh = false
    for (const viewer of this.viewers) viewer.take(fragment, this)
  }
}

class Viewer {
  constructor(socket, feed, rung) {
    Object.assign(this, { socket, feed, rung: null, wanted: rung, segment: 0 })
    this.say({ type: 'state', state: feed.on ? 'on_air' : 'waiting' })
    this.enter(rung)
    socket.on('message', (text) => {
      const message = JSON.parse(String(text))
      if (message.type === 'rung') this.next = message.rung
    })
    socket.on('close', () => this.leave())
  }

  say(message) {
    this.socket.send(JSON.stringify(message))
  }

  leave() {
    this.feed.rungs[this.rung]?.viewers.delete(this)
  }

  enter(rung) {
    this.leave()
    this.rung = rung
    this.started = false
    const source = this.feed.rungs[rung]
    source.viewers.add(this)
    for (const fragment of source.gop) this.take(fragment, source)
  }

  begin(source, fragment) {
    this.started = true
    const video = source.name !== 'audio'
    this.say({ type: 'init', number: 1, codecs: video ? 'avc1.42C01F,mp4a.40.2' : 'mp4a.40.2', width: video ? 854 : 0, height: video ? 480 : 0, epoch: this.feed.epoch })
    this.socket.send(source.init)
    this.say({ type: 'clock', start: Math.round(fragment.start * TICKS), clock: fragment.clock })
  }

  take(fragment, source) {
    if (this.next && this.next !== this.rung) {
      const next = this.next
      this.next = null
      return this.enter(next)
    }
    if (!this.started && !fragment.key) return
    if (fragment.gap && this.started) this.say({ type: 'gap' })
    if (!this.started || fragment.gap) this.begin(source, fragment)
    if (this.feed.slow && this.rung === 'original' && Math.random() < this.feed.slow) return
    this.socket.send(fragment.data)
  }
}

export class WireFeed {
  constructor(id, source, tone) {
    this.id = id
    this.epoch = Date.now() / 1000
    this.on = false
    const input = ['-f', 'lavfi', '-i', source, '-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000`]
    const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-g', '25', '-pix_fmt', 'yuv420p']
    this.rungs = {
      original: new RungSource(this, 'original', [...input, ...x264, '-b:v', '1500k', '-c:a', 'aac']),
      low: new RungSource(this, 'low', [...input, ...x264, '-vf', 'scale=320:180', '-b:v', '250k', '-c:a', 'aac', '-b:a', '48k']),
      audio: new RungSource(this, 'audio', [...input.slice(4), '-c:a', 'aac', '-b:a', '48k']),
    }
  }

  start() {
    const shift = this.on === null ? 0 : Math.max(0, Date.now() / 1000 - this.epoch)
    this.on = true
    for (const rung of Object.values(this.rungs)) rung.start(shift)
    this.tell('on_air')
  }

  stop(state = 'waiting') {
    this.on = false
    for (const rung of Object.values(this.rungs)) rung.stop()
    this.tell(state)
  }

  tell(state) {
    for (const rung of Object.values(this.rungs)) for (const viewer of rung.viewers) viewer.say({ type: 'state', state })
  }
}

/** Answer `/live/v/<group>/<feed>/ws` on an HTTP server. */
export function serveWire(server, feeds, options = {}) {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = new URL(request.url, 'http://harness')
    const feed = feeds.find((one) => pathname.endsWith(`/${one.id}/ws`))
    if (!feed || options.refuse?.()) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (open) => new Viewer(open, feed, searchParams.get('rung') ?? 'original'))
  })
}
