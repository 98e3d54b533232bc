/** What the keyboard does; each island gives the acts it has. */
export type Keys = Partial<Record<string, (event: KeyboardEvent) => void>>

/**
 * Listen for single keys on the whole page, as viewers expect of a player, but never while somebody types or holds a
 * control that has a use for the key itself.
 */
export function listenKeys(keys: Keys): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const target = event.composedPath()[0]
    if (target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select, [contenteditable]')) return
    const ownUse = target instanceof HTMLElement && target.matches('button, a, summary, input, [role=slider]')
    if (ownUse && (event.key === ' ' || event.key === 'Enter')) return
    if (target instanceof HTMLElement && target.matches('input, [role=slider]') && event.key.startsWith('Arrow')) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act(event)
  }
}
