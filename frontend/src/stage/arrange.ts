export type Layout = 'one' | 'side' | 'inset' | 'all'
export type Place = 'main' | 'left' | 'right' | 'inset' | 'quarter' | 'thumb'

/** Where each angle stands. `all` shows up to four together; the others keep their places in the row under the picture. */
export function arrange(layout: Layout, main: string, second: string | null, ids: readonly string[]): Map<string, Place> {
  const places = new Map<string, Place>()
  const two = second !== null && second !== main && ids.includes(second)
  for (const id of ids) {
    if (layout === 'all' && ids.length > 1) places.set(id, showsTogether(id, main, ids) ? 'quarter' : 'thumb')
    else if (id === main) places.set(id, layout === 'side' && two ? 'left' : 'main')
    else if (id === second && two && layout === 'side') places.set(id, 'right')
    else if (id === second && two && layout === 'inset') places.set(id, 'inset')
    else places.set(id, 'thumb')
  }
  return places
}

function showsTogether(id: string, main: string, ids: readonly string[]): boolean {
  const first = ids.slice(0, 4)
  const shown = first.includes(main) ? first : [...first.slice(0, 3), main]
  return shown.includes(id)
}

/** A press on an angle: it comes to the front; in the layouts of two it takes the second place, or the two swap. */
export function choose(layout: Layout, main: string, second: string | null, chosen: string): { main: string; second: string | null } {
  if (layout === 'one' || layout === 'all') return { main: chosen, second: second === chosen ? main : second }
  if (chosen === main && second) return { main: second, second: main }
  if (chosen === main) return { main, second }
  return { main, second: chosen }
}
