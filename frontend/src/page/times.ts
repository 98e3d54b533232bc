/** Seconds as 1:02:03 or 2:03; whole seconds, rounded down. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** Time of day with its zone, for example "10:31:07 GMT+8". Latin digits everywhere: they stand beside figures. */
export function timeOfDay(clock: number, zone?: string, withZone = true): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone || undefined,
    timeZoneName: withZone ? 'short' : undefined, numberingSystem: 'latn',
  }
  return new Intl.DateTimeFormat('en-GB', options).format(clock * 1000)
}

/** Bytes for people. */
export function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} GB`
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} MB`
  return `${Math.round(count / 1e3)} kB`
}
