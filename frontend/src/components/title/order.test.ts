import { describe, expect, it } from 'vitest'

import { around, FEW, isStart, nextOf, type OrderedTitle, storiesOf } from './order'

function part(anime_id: number, story_line = 0, extra = false): OrderedTitle {
  const unknown = { english: null, genres: [], type: null, episodes: null, year: null, image_url: null }
  return { anime_id, name: `Title ${anime_id}`, ...unknown, story_line, extra }
}

const ORDER = [part(1), part(2), part(3), part(9, 0, true), part(4, 1), part(5, 1)]
const seen = (...ids: number[]) => new Map(ids.map((id) => [id, {}]))

describe('the title to watch next', () => {
  it.each([
    ['begins a story that is new', [], 0, 1],
    ['follows the last one of the list', [1], 0, 2],
    ['does not go back', [2], 0, 3],
    ['is of the same story', [1, 2, 3], 1, 4],
    ['is no extra, and there is none after the last', [3], 0, undefined],
    ['is not told by an extra', [9], 0, 1],
  ])('%s', (_what, ids, line, expected) => {
    expect(nextOf(ORDER, line, seen(...ids))?.anime_id).toBe(expected)
  })

  it.each(['watching', 'on_hold', 'dropped'] as const)('waits for one that is %s', (status) => {
    expect(nextOf(ORDER, 0, new Map([[2, { status }]]))).toBeUndefined()
    expect(nextOf(ORDER, 1, new Map([[2, { status }]]))?.anime_id).toBe(4)
  })
})

it('each story begins with its first title that is no extra', () => {
  const withExtra = [part(8, 0, true), ...ORDER]
  const starts = withExtra.filter((title) => isStart(withExtra, title))
  expect(starts.map(({ anime_id }) => anime_id)).toEqual([1, 4])
})

it('stories stand apart', () => {
  expect(storiesOf(ORDER).map((parts) => parts.map(({ anime_id }) => anime_id))).toEqual([
    [1, 2, 3, 9],
    [4, 5],
  ])
})

it('a long franchise is first shown around the title', () => {
  const long = Array.from({ length: 30 }, (_, at) => part(at))
  const ids = (at: number) => around(long, at).map(({ anime_id }) => anime_id)
  expect([ids(0)[0], ids(15)[0], ids(29)[0]]).toEqual([0, 15 - FEW / 2, 30 - FEW])
  expect(ids(15)).toHaveLength(FEW)
  expect(around(ORDER, 3)).toEqual(ORDER)
})
