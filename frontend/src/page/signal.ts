/** A value that tells its watchers when it changes. */
export class Signal<T> {
  #value: T
  #watchers = new Set<(value: T) => void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set value(next: T) {
    if (Object.is(next, this.#value)) return
    this.#value = next
    for (const watcher of [...this.#watchers]) watcher(next)
  }

  /** Call now and at every change; returns how to stop. */
  watch(watcher: (value: T) => void): () => void {
    this.#watchers.add(watcher)
    watcher(this.#value)
    return () => this.#watchers.delete(watcher)
  }
}

/** Things to undo together when an element leaves the page. */
export class Undo {
  #steps: (() => void)[] = []

  add(step: () => void): void {
    this.#steps.push(step)
  }

  on<E extends Event>(target: EventTarget, type: string, listener: (event: E) => void, options?: AddEventListenerOptions): void {
    target.addEventListener(type, listener as EventListener, options)
    this.add(() => target.removeEventListener(type, listener as EventListener, options))
  }

  every(ms: number, step: () => void): void {
    const timer = setInterval(step, ms)
    this.add(() => clearInterval(timer))
  }

  all(): void {
    for (const step of this.#steps.splice(0).reverse()) step()
  }
}
