import { expect, it } from 'vitest'

import { byRegion } from './services'

function offer(service: string, ...regions: string[]) {
  return { service, url: `https://${service}.example`, regions }
}

const OFFERS = [
  offer('a', 'JP'),
  offer('b', 'HK', 'CN', 'TW', 'MO'),
  offer('c'),
  offer('d', 'JP'),
  offer('e', 'DE', 'CH'),
]

it('groups services by their countries, those for here first', () => {
  const groups = byRegion(OFFERS, 'CH').map(({ label, services }) => [
    label,
    services.map(({ service }) => service).join(),
  ])
  expect(groups).toEqual([
    ['Switzerland and Germany', 'e'],
    ['Depends on the country', 'c'],
    ['Japan', 'a,d'],
    ['4 countries', 'b'],
  ])
})

it('keeps the order where no service is for here, and names every country', () => {
  const groups = byRegion(OFFERS.slice(0, 2), undefined)
  expect(groups.map(({ label }) => label)).toEqual(['Japan', '4 countries'])
  expect(groups[1]?.all).toBe('China, Hong Kong SAR China, Macao SAR China, and Taiwan')
})
