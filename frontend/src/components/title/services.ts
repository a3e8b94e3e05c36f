// The services that have a title, grouped by the countries in which they do.
import type { components } from '@/api/schema'
import { LOCALE } from '@/charts/numbers'
import { counted, listed } from '@/reasons'

type Offer = components['schemas']['WatchOn']

export interface ServiceGroup {
  label: string // the countries, in few words
  all: string // every country
  services: Offer[]
}

const FEW = 3 // countries that are named
const names = new Intl.DisplayNames(LOCALE, { type: 'region' })

/** @param here the country of this browser, whose services come first; then those of no known country. */
export function byRegion(offers: readonly Offer[], here: string | undefined): ServiceGroup[] {
  const groups = new Map<string, Offer[]>()
  for (const offer of offers) {
    const key = [...offer.regions].sort().join()
    groups.set(key, [...(groups.get(key) ?? []), offer])
  }
  const rank = (key: string) => (here && key.split(',').includes(here) ? 0 : key ? 2 : 1)
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, services]) => {
      const countries = key ? key.split(',').map(country) : []
      return { label: inWords(countries), all: listed(countries), services }
    })
}

function inWords(countries: string[]): string {
  if (!countries.length) return 'Depends on the country'
  return countries.length > FEW ? counted(countries.length, 'country', 'countries') : listed(countries)
}

function country(code: string): string {
  return /^[A-Z]{2}$/i.test(code) ? (names.of(code.toUpperCase()) ?? code) : code
}
