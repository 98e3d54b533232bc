import { Signal } from '../page/signal'

const KEY = 'glisson.sound'

function remembered(): { on: boolean; volume: number } {
  try {
    return { on: false, volume: 1, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as object) }
  } catch {
    return { on: false, volume: 1 }
  }
}

/** Sound for one page: browsers start pictures muted, so it is on only after somebody asked for it. */
export class Sound {
  readonly on = new Signal(false)
  readonly asked = new Signal(false)
  readonly volume = new Signal(remembered().volume)

  /** Let this element be heard, and no other before it. */
  follow(video: HTMLVideoElement): () => void {
    const apply = (): void => {
      video.muted = !this.on.value
      video.volume = this.volume.value
    }
    const stops = [this.on.watch(apply), this.volume.watch(apply)]
    return () => {
      for (const stop of stops) stop()
      video.muted = true
    }
  }

  set(on: boolean): void {
    this.asked.value = true
    this.on.value = on
    this.#keep()
  }

  setVolume(volume: number): void {
    this.volume.value = Math.max(0, Math.min(1, volume))
    if (volume > 0) this.set(true)
    this.#keep()
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify({ on: this.on.value, volume: this.volume.value }))
    } catch {
      // private windows may refuse to remember
    }
  }
}
