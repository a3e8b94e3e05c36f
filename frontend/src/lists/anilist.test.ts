import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { opinionOf, readAniList } from './anilist'
import { siteAnswer } from './testing'

const ask = vi.fn<typeof fetch>()

beforeEach(() => vi.stubGlobal('fetch', ask.mockReset()))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function entry(id: number, score: number | null, status = 'COMPLETED', idMal: number | null = id) {
  return { status, score, media: { id, idMal, title: { romaji: `R${id}`, english: null } } }
}

function chunk(entries: object[], hasNextChunk = false): Response {
  return siteAnswer({ data: { MediaListCollection: { hasNextChunk, lists: [{ entries }, { entries }] } } })
}

it('reads all chunks, counts planned titles, and counts a title in two lists once', async () => {
  ask.mockResolvedValueOnce(chunk([entry(1, 85), entry(2, 0, 'DROPPED')], true))
  ask.mockResolvedValueOnce(chunk([entry(3, 0, 'PLANNING'), entry(4, 100, 'CURRENT', null)]))
  expect(await readAniList('someone')).toEqual({
    entries: [
      { anime_id: 1, name: 'R1', opinion: 9 },
      { anime_id: 2, name: 'R2', opinion: 'seen' },
      { anime_id: null, name: 'R4', opinion: 10 },
    ],
    planned: 1,
  })
  const sent = ask.mock.calls.map(([, init]) => JSON.parse(init?.body as string) as { variables: object })
  expect(sent.map(({ variables }) => variables)).toEqual([
    { name: 'someone', chunk: 1 },
    { name: 'someone', chunk: 2 },
  ])
})

it('refuses a list that never ends', async () => {
  ask.mockImplementation(() => Promise.resolve(chunk([entry(1, 50)], true)))
  await expect(readAniList('endless')).rejects.toThrow('more than 20,000 titles on AniList')
  expect(ask).toHaveBeenCalledTimes(40)
})

it.each([
  [null, 'seen'],
  [0, 'seen'],
  [1, 1],
  [35, 4],
  [84, 8],
  [85, 9],
  [100, 10],
  [1000, 10],
  [-5, 'seen'],
])('turns a score of %s into %s', (score, opinion) => expect(opinionOf(score)).toBe(opinion))

const refusal = (message: string, status: number) =>
  siteAnswer({ errors: [{ message, status }], data: null }, status)
it.each<[string, () => Response, string]>([
  ['an unknown name', () => refusal('User not found', 404), 'has no user “x”'],
  ['a private list', () => refusal('Private User', 404), 'is private'],
  ['too many requests', () => siteAnswer({}, 429, { 'Retry-After': '37' }), 'Try again in 37 s'],
  ['too many requests without a time', () => siteAnswer({}, 429), 'Try again in a minute'],
  ['a refusal', () => refusal('temporarily disabled', 403), 'refused this: “temporarily disabled”'],
  ['a page of errors', () => siteAnswer('<html>', 502), 'is having problems (502)'],
  ['no JSON', () => siteAnswer('<html>'), 'an answer we can’t read (200)'],
  ['null', () => siteAnswer('null'), 'an answer we can’t read'],
  [
    'another shape',
    () => siteAnswer({ data: { MediaListCollection: { lists: 7 } } }),
    'an answer we can’t read',
  ],
  ['an id that is none', () => chunk([entry(1, 50, 'COMPLETED', -4)]), 'an answer we can’t read'],
  ['an empty list', () => chunk([]), 'is empty'],
  ['plans only', () => chunk([entry(1, 0, 'PLANNING')]), 'only planned titles'],
])('puts %s into words', async (_case, response, words) => {
  ask.mockResolvedValue(response())
  await expect(readAniList('x')).rejects.toThrow(words)
})

it('tells being offline from a site that can’t reach', async () => {
  ask.mockRejectedValue(new TypeError('Failed to fetch'))
  await expect(readAniList('x')).rejects.toThrow('We can’t reach AniList')
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  await expect(readAniList('x')).rejects.toThrow('You’re offline')
})
