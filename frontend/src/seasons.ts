// Seasons, the quarters of a year in which titles begin to air: in words, one after the other, in an address.
import type { components } from './api/schema'

type Schemas = components['schemas']
export type Season = Schemas['SeasonItem']

export const SEASON_NAMES = ['winter', 'spring', 'summer', 'fall'] as const

/** `Spring 2013`, as filters spell it. */
export function asSeason({ year, name }: Season): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${year}`
}

/** The season of a text like `Spring 2013`; null: it is none. */
export function seasonIn(text: string): Season | null {
  const [, word = '', year] = /^([a-z]+) (\d{4})$/i.exec(text) ?? []
  const name = SEASON_NAMES.find((one) => one === word.toLowerCase())
  return name ? { year: Number(year), name } : null
}

/** The season of a day, by UTC as on the server. */
export function seasonOf(day: Date): Season {
  return numbered(day.getUTCFullYear() * 4 + Math.floor(day.getUTCMonth() / 3))
}

/** So many seasons later. */
export function after(season: Season, count: number): Season {
  return numbered(numberOf(season) + count)
}

/** Ascends with time. */
export function numberOf({ year, name }: Season): number {
  return year * 4 + SEASON_NAMES.indexOf(name)
}

/** How new the titles of the catalog are: `Fall 2016`, or `2016`; null: not known. */
export function knownUntil(
  catalog: Pick<Schemas['CatalogAnswer'], 'known_until'> | undefined,
): string | null {
  const until = catalog?.known_until
  if (!until) return null
  return until.season ? asSeason({ year: until.year, name: until.season }) : String(until.year)
}

function numbered(number: number): Season {
  return { year: Math.floor(number / 4), name: SEASON_NAMES[number % 4] ?? 'winter' }
}
