// The harness: one page for each island, against the stand-in of wire.mjs or, with GLISSON_HARNESS_DATA=<file with the
// page's JSON>, against a running live process. `npm run build` first; then `npm run harness` prints the address.
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveWire, WireFeed } from './wire.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const islands = join(here, '../../src/glisson/web/static/islands')
const TYPES = { js: 'text/javascript', json: 'application/json', svg: 'image/svg+xml', css: 'text/css' }
const given = process.env.GLISSON_HARNESS_DATA
const TITLES = [['laparoscope', 'Laparoscope'], ['fluorescence', 'Fluorescence'], ['ultrasound', 'Ultrasound'], ['room', 'Room']]

export async function startHarness({ port = 0, feedCount = 2 } = {}) {
  const control = { refuse: false, renewals: 0 }
  const feeds = given ? [] : TITLES.slice(0, feedCount).map(([angle], at) =>
    new WireFeed(`feed${at}${angle}`, at % 2 ? 'mandelbrot=size=854x480:rate=25' : 'testsrc2=size=854x480:rate=25', 300 + 200 * at))
  const server = createServer((request, response) => answer(request, response))
  serveWire(server, feeds, { refuse: () => control.refuse })

  const liveBase = () => (given ? JSON.parse(readFileSync(given, 'utf8')).live_base : '')
  function data() {
    if (given) return { ...JSON.parse(readFileSync(given, 'utf8')), renew_url: '/pass/' }
    return {
      live_base: '', group: 'harness', expires: Date.now() / 1000 + 600, renew_url: '/pass/', state: 'live', zone: 'Asia/Shanghai', may: { download: true, health: true },
      feeds: feeds.map((feed, at) => ({ id: feed.id, code: `F${at}`, angle: TITLES[at][0], title: TITLES[at][1], state: 'on_air', mirrored: false })),
    }
  }
  function page(query) {
    const island = query.get('island') ?? 'stage'
    const manifest = JSON.parse(readFileSync(join(islands, 'manifest.json'), 'utf8'))
    const entry = Object.values(manifest).find((one) => one.isEntry && one.name === island)
    const words = query.get('words') ? JSON.parse(readFileSync(query.get('words'), 'utf8')) : undefined
    return `<!doctype html><html lang="en" dir="${query.get('dir') ?? 'ltr'}" data-theme="${query.get('theme') ?? 'dark'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Harness</title><link rel="stylesheet" href="/harness.css"></head><body><main>
<glisson-${island} data="theatre-data" ${query.get('attributes') ?? ''}></glisson-${island}></main>
<script type="application/json" id="theatre-data">${JSON.stringify({ ...data(), words, ...JSON.parse(query.get('extra') ?? '{}') })}</script>
<script type="module" src="/islands/${entry.file}"></script></body></html>`
  }
  function answer(request, response) {
    const address = new URL(request.url, 'http://harness')
    const live = liveBase()
    const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; media-src 'self' blob: ${live}; connect-src 'self' ${live} ${live.replace(/^http/, 'ws')}`
    response.setHeader('Content-Security-Policy', policy)
    response.setHeader('Cache-Control', 'no-store')
    if (address.pathname === '/pass/') {
      control.renewals += 1
      if (control.refuse) return response.writeHead(403).end()
      if (given && process.env.GLISSON_HARNESS_COOKIE) response.setHeader('Set-Cookie', process.env.GLISSON_HARNESS_COOKIE)
      return response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ ...data(), now: Date.now() / 1000 }))
    }
    if (address.pathname === '/') {
      if (given && process.env.GLISSON_HARNESS_COOKIE) response.setHeader('Set-Cookie', process.env.GLISSON_HARNESS_COOKIE)
      return response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page(address.searchParams))
    }
    if (address.pathname.endsWith('/state')) {
      const state = Object.fromEntries(feeds.map((feed) => [feed.id, { state: 'on_air', on: feed.on, rungs: ['original', 'low', 'audio'], since: feed.epoch, recorded_seconds: Date.now() / 1000 - feed.epoch }]))
      return response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ now: Date.now() / 1000, feeds: state }))
    }
    const file = address.pathname === '/harness.css' ? join(here, 'harness.css') : join(islands, normalize(address.pathname.replace(/^\/islands/, '')))
    if (!existsSync(file) || address.pathname.endsWith('/')) return response.writeHead(404).end()
    response.setHeader('Content-Type', TYPES[file.split('.').pop()] ?? 'application/octet-stream')
    createReadStream(file).pipe(response)
  }
  for (const feed of feeds) feed.start()
  await new Promise((done) => server.listen(port, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${server.address().port}/`, feeds, control,
    close() {
      for (const feed of feeds) feed.stop('closed')
      server.closeAllConnections()
      server.close()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const harness = await startHarness({ port: Number(process.env.PORT ?? 0), feedCount: Number(process.env.FEEDS ?? 2) })
  console.log(harness.address)
}
