import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { WORDS } from './src/words.ts'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../src/glisson/web/static/islands')
const entries = ['stage', 'player', 'replay', 'health', 'publisher'] as const

/** One file of <symbol>s, so that a server-rendered page can say <use href="…/icons.svg#play">. */
function sprite(): string {
  const names = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8')) as string[]
  const symbols = names.map((name) => {
    const svg = readFileSync(join(here, 'node_modules/lucide-static/icons', `${name}.svg`), 'utf8')
    const inside = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    const drawn = inside.replace(/\s+/g, ' ').trim()
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->${symbols.join('')}</svg>\n`
}

/** What the server needs beside the scripts and their manifest: the words to translate, and the icons. */
function companions(): Plugin {
  return {
    name: 'glisson-companions',
    apply: 'build',
    writeBundle() {
      mkdirSync(out, { recursive: true })
      writeFileSync(join(out, 'words.json'), `${JSON.stringify(WORDS, null, 2)}\n`)
      writeFileSync(join(out, 'icons.svg'), sprite())
    },
  }
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [companions()],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: false,
    sourcemap: false,
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: Object.fromEntries(entries.map((entry) => [entry, join(here, `src/${entry}.ts`)])),
      output: { entryFileNames: '[name]-[hash].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])
