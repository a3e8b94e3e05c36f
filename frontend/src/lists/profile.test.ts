import { expect, it } from 'vitest'

import { unknownTitle } from '@/stores/list'

import { fingerprint, keyIn, listOf, profileLink } from './profile'
import { found, short, title } from './testing'

const KEY = { user_id: 4593833203555502, token: 'zesDva1h6Q0GHt1l6fl9EzILohEZ46TLiEdTpFTG3kU' }

it('reads the key of its own links', () => {
  const link = profileLink(KEY, 'https://anime.example')
  expect(link).toBe(`https://anime.example/list#profile=${KEY.user_id}.${KEY.token}`)
  expect(keyIn(new URL(link).hash)).toEqual(KEY)
})

it.each([
  '',
  '#profile=',
  '#profile=1.abc',
  `#profile=${KEY.user_id}`,
  `#profile=${KEY.user_id}.<script>${KEY.token}`,
])('finds no key in %s', (hash) => expect(keyIn(hash)).toBeNull())

it('makes a list of a saved profile, with what the catalog does not know', () => {
  const saved = {
    user_id: KEY.user_id,
    ratings: [
      { anime_id: 1, name: 'Title 1', rating: 9, status: 'watching' as const },
      { anime_id: 2, name: null, rating: 3, status: null },
    ],
    watched_ids: [3],
    statuses: [{ anime_id: 3, status: 'dropped' as const }],
    planned_ids: [4, 5],
  }
  expect(listOf(saved, new Map([1, 3, 4].map((id) => [id, found(id)])))).toEqual({
    titles: [
      { ...title(1, 9), status: 'watching' },
      { ...unknownTitle(2, null), opinion: 3 },
      { ...title(3, 'seen'), status: 'dropped' },
    ],
    planned: [short(4), unknownTitle(5, null)],
  })
})

it('knows a list again in any order, and tells what is planned or unfinished apart', () => {
  const titles = [title(1, 9), title(2, 'seen')]
  expect(fingerprint({ titles, planned: [] })).toBe('1.9 2.seen')
  expect(fingerprint({ titles: [...titles].reverse(), planned: [] })).toBe('1.9 2.seen')
  expect(fingerprint({ titles: [{ ...title(1, 9), status: 'dropped' }], planned: [short(2)] })).toBe(
    '1.9.dropped 2.planned',
  )
})
