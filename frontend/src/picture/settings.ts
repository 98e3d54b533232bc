import { h } from '../page/dom'
import { icon } from '../page/icons'
import type { Say, Word } from '../words'
import type { Mode, RungChoice } from '../media/ladder'

const RUNGS: [RungChoice, Word][] = [['auto', 'rung_auto'], ['original', 'rung_original'], ['low', 'rung_low'], ['audio', 'rung_audio']]
const MODES: [Mode, Word][] = [['closest', 'mode_closest'], ['stable', 'mode_stable']]
let count = 0

function group<T extends string>(say: Say, title: Word, choices: [T, Word][], now: T, choose: (value: T) => void): HTMLFieldSetElement {
  const name = `glisson-${title}-${(count += 1)}`
  return h('fieldset', {}, h('legend', {}, say(title)), ...choices.map(([value, word]) => {
    const input = h('input', { type: 'radio', name, value, onchange: () => choose(value) })
    input.checked = value === now
    return h('label', {}, input, say(word))
  }))
}

export interface Chosen {
  rung: RungChoice
  mode: Mode
  setRung(choice: RungChoice): void
  /** Absent where there is no delay to choose (a recording). */
  setMode?: (mode: Mode) => void
}

/** The button and panel with picture size and delay. */
export class Settings {
  readonly button: HTMLButtonElement
  readonly panel = h('div', { class: 'menu', hidden: true })

  constructor(private readonly say: Say, private readonly chosen: () => Chosen) {
    this.button = h('button', { type: 'button', 'aria-label': say('settings'), title: say('settings'), 'aria-expanded': 'false', onclick: () => this.toggle() }, icon('settings'))
    this.panel.addEventListener('keydown', (event) => {
      event.stopPropagation()
      if (event.key !== 'Escape') return
      this.toggle(false)
      this.button.focus()
    })
  }

  get open(): boolean {
    return !this.panel.hidden
  }

  toggle(open = this.panel.hidden): void {
    this.panel.hidden = !open
    this.button.setAttribute('aria-expanded', String(open))
    if (!open) return
    const now = this.chosen()
    this.panel.replaceChildren(
      group(this.say, 'picture_size', RUNGS, now.rung, (value) => now.setRung(value)),
      now.setMode ? group(this.say, 'mode', MODES, now.mode, now.setMode) : '',
    )
    this.panel.querySelector<HTMLInputElement>('input:checked')?.focus()
  }
}
