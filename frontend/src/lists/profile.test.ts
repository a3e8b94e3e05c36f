import { expect, it } from 'vitest'

import { keyIn, listOf, profileLink } from './profile'
import { found, title } from './testing'

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
      { anime_id: 1, name: 'Title 1', rating: 9 },
      { anime_id: 2, name: null, rating: 3 },
    ],
    watched_ids: [3],
  }
  expect(listOf(saved, new Map([1, 3].map((id) => [id, found(id)])))).toEqual([
    title(1, 9),
    { anime_id: 2, name: 'Title 2', english: null, type: null, year: null, image_url: null, opinion: 3 },
    title(3, 'seen'),
  ])
})
