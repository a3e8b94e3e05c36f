import { expect, it } from 'vitest'

import { arranged, type Sort } from './arrange'
import { title } from './testing'

const LIST = [
  { ...title(1, 'seen', 'Naruto'), year: 2002 },
  { ...title(2, 7, 'ark'), year: null },
  { ...title(3, 'liked', 'Pokémon 10'), year: 1997 },
  { ...title(4, 10, 'Pokemon 9'), english: 'Pocket Monsters', year: 1998 },
]

it.each<[Sort, number[]]>([
  ['added', [1, 2, 3, 4]],
  ['name', [2, 1, 4, 3]],
  ['rating', [3, 4, 2, 1]],
  ['year', [1, 4, 3, 2]],
])('sorts by %s', (sort, ids) => {
  expect(arranged(LIST, sort, '').map((listed) => listed.anime_id)).toEqual(ids)
})

it.each([
  ['POKEMON', [3, 4]],
  [' monsters ', [4]],
  ['ｎａｒｕ', [1]],
  ['[', []],
])('finds %s in any of the names', (text, ids) => {
  expect(arranged(LIST, 'added', text).map((listed) => listed.anime_id)).toEqual(ids)
})

it('leaves the list as it is', () => {
  arranged(LIST, 'name', '')
  expect(LIST.map((listed) => listed.anime_id)).toEqual([1, 2, 3, 4])
})
