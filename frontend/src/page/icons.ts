import circleDot from 'lucide-static/icons/circle-dot.svg?raw'
import columns from 'lucide-static/icons/columns-2.svg?raw'
import download from 'lucide-static/icons/download.svg?raw'
import grid from 'lucide-static/icons/layout-grid.svg?raw'
import inset from 'lucide-static/icons/picture-in-picture.svg?raw'
import maximize from 'lucide-static/icons/maximize.svg?raw'
import minimize from 'lucide-static/icons/minimize.svg?raw'
import pause from 'lucide-static/icons/pause.svg?raw'
import pip from 'lucide-static/icons/picture-in-picture-2.svg?raw'
import play from 'lucide-static/icons/play.svg?raw'
import radio from 'lucide-static/icons/radio.svg?raw'
import rotateBack from 'lucide-static/icons/rotate-ccw.svg?raw'
import rotateOn from 'lucide-static/icons/rotate-cw.svg?raw'
import settings from 'lucide-static/icons/settings.svg?raw'
import skipBack from 'lucide-static/icons/skip-back.svg?raw'
import square from 'lucide-static/icons/square.svg?raw'
import stepBack from 'lucide-static/icons/step-back.svg?raw'
import stepForward from 'lucide-static/icons/step-forward.svg?raw'
import triangle from 'lucide-static/icons/triangle-alert.svg?raw'
import check from 'lucide-static/icons/circle-check.svg?raw'
import volume from 'lucide-static/icons/volume-2.svg?raw'
import muted from 'lucide-static/icons/volume-x.svg?raw'

const drawings = {
  check, circleDot, columns, download, grid, inset, maximize, minimize, muted, pause, pip, play, radio, rotateBack, rotateOn,
  settings, skipBack, square, stepBack, stepForward, triangle, volume,
}
export type IconName = keyof typeof drawings

/** A Lucide drawing, hidden from screen readers: the button around it carries the words. */
export function icon(name: IconName, size = 20): SVGElement {
  const parsed = new DOMParser().parseFromString(drawings[name], 'image/svg+xml').documentElement
  const svg = document.importNode(parsed, true) as unknown as SVGElement
  svg.setAttribute('width', String(size))
  svg.setAttribute('height', String(size))
  svg.setAttribute('aria-hidden', 'true')
  return svg
}
