import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { readJikan } from './jikan'
import { outsideAnswer } from './testing'

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
  ask.mockResolvedValueOnce(outsideAnswer({ data: first }))
  ask.mockResolvedValueOnce(outsideAnswer({ data: [entry(301), entry(302, 0, 6)] }))
  const reading = readJikan('a/b')
  await vi.advanceTimersByTimeAsync(399)
  expect(ask).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  const list = await reading
  expect(list.entries).toHaveLength(301)
  expect(list.entries[0]).toEqual({ anime_id: 1, title: 'T1', opinion: 7 })
  expect(list.entries[300]).toEqual({ anime_id: 301, title: 'T301', opinion: 'seen' })
  expect(list.planned).toBe(1)
  expect(ask.mock.calls.map(([url]) => url)).toEqual([
    'https://api.jikan.moe/v4/users/a%2Fb/animelist?page=1',
    'https://api.jikan.moe/v4/users/a%2Fb/animelist?page=2',
  ])
})

it('says that a list goes on after what is read', async () => {
  const full = Array.from({ length: 300 }, (_, at) => entry(at + 1, 0, 6))
  ask.mockImplementation(() => Promise.resolve(outsideAnswer({ data: full })))
  const reading = expect(readJikan('endless')).rejects.toThrow('more than the 20,000 titles')
  await vi.advanceTimersByTimeAsync(66 * 400)
  await reading
  expect(ask).toHaveBeenCalledTimes(66)
})

it.each<[string, () => Response, string]>([
  ['an unknown name', () => outsideAnswer({ type: 'BadResponseException' }, 404), 'has no user “x”'],
  [
    'a route that is gone',
    () => outsideAnswer({ type: 'HttpException' }, 404),
    'does not do so any more (404)',
  ],
  ['a route that is gone, without JSON', () => outsideAnswer('Gone', 410), 'does not do so any more (410)'],
  ['a private list', () => outsideAnswer({ message: 'List is private' }, 400), 'is private'],
  ['a broken service', () => outsideAnswer({ message: 'x' }, 500), 'a problem of its own (500)'],
  ['a score that cannot be', () => outsideAnswer({ data: [entry(1, 11)] }), 'cannot be understood'],
  ['an empty list', () => outsideAnswer({ data: [] }), 'There is nothing in the list'],
  ['plans only', () => outsideAnswer({ data: [entry(1, 0, 6)] }), 'only planned titles'],
])('puts %s into words', async (_case, response, words) => {
  ask.mockResolvedValue(response())
  await expect(readJikan('x')).rejects.toThrow(words)
})
