import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { readJikan } from './jikan'
import { siteAnswer } from './testing'

const ask = vi.fn<typeof fetch>()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  vi.stubGlobal('fetch', ask.mockReset())
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function entry(mal_id: number, score = 0, watching_status = 2) {
  return { watching_status, score, anime: { mal_id, title: `T${mal_id}` } }
}

it('reads page after page, with a pause between them', async () => {
  const first = Array.from({ length: 300 }, (_, at) => entry(at + 1, 7))
  ask.mockResolvedValueOnce(siteAnswer({ data: first }))
  ask.mockResolvedValueOnce(siteAnswer({ data: [entry(301), entry(302, 0, 6)] }))
  const reading = readJikan('a/b')
  await vi.advanceTimersByTimeAsync(399)
  expect(ask).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  const list = await reading
  expect(list.entries).toHaveLength(301)
  expect(list.entries[0]).toEqual({ anime_id: 1, name: 'T1', opinion: 7 })
  expect(list.entries[300]).toEqual({ anime_id: 301, name: 'T301', opinion: 'seen' })
  expect(list.planned).toBe(1)
  expect(ask.mock.calls.map(([url]) => url)).toEqual([
    'https://api.jikan.moe/v4/users/a%2Fb/animelist?page=1',
    'https://api.jikan.moe/v4/users/a%2Fb/animelist?page=2',
  ])
})

it('refuses a list that never ends', async () => {
  const full = Array.from({ length: 300 }, (_, at) => entry(at + 1, 0, 6))
  ask.mockImplementation(() => Promise.resolve(siteAnswer({ data: full })))
  const reading = expect(readJikan('endless')).rejects.toThrow('more than 20,000 titles')
  await vi.advanceTimersByTimeAsync(66 * 400)
  await reading
  expect(ask).toHaveBeenCalledTimes(66)
})

it.each<[string, () => Response, string]>([
  ['an unknown name', () => siteAnswer({ type: 'BadResponseException' }, 404), 'has no user “x”'],
  [
    'a route that is gone',
    () => siteAnswer({ type: 'HttpException' }, 404),
    'no longer reads MyAnimeList lists (404)',
  ],
  [
    'a route that is gone, without JSON',
    () => siteAnswer('Gone', 410),
    'no longer reads MyAnimeList lists (410)',
  ],
  ['a private list', () => siteAnswer({ message: 'List is private' }, 400), 'is private'],
  ['a broken service', () => siteAnswer({ message: 'x' }, 500), 'is having problems (500)'],
  ['a score that cannot be', () => siteAnswer({ data: [entry(1, 11)] }), 'an answer we can’t read'],
  ['an empty list', () => siteAnswer({ data: [] }), 'is empty'],
  ['plans only', () => siteAnswer({ data: [entry(1, 0, 6)] }), 'only planned titles'],
])('puts %s into words', async (_case, response, words) => {
  ask.mockResolvedValue(response())
  await expect(readJikan('x')).rejects.toThrow(words)
})
