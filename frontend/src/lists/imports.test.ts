import { beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'

import { readFile, readName, readText, summary } from './imports'
import { answer, found, short, title } from './testing'
import { unknownTitle } from '@/stores/list'
import { fetchTitles } from './titles'

vi.mock('@/api/client', async (original) => ({ ...(await original<object>()), api: { POST: vi.fn() } }))
vi.mock('./titles', () => ({ fetchTitles: vi.fn() }))
const post = vi.mocked(
  api.POST as (path: string, init: { bodySerializer?: () => FormData }) => Promise<unknown>,
)
const FILE = new File(['<myanimelist/>'], 'list.xml')
const ANILIST = { name: 'anilist', label: 'AniList' }

beforeEach(() => {
  post.mockReset()
  vi.mocked(fetchTitles).mockImplementation((ids) =>
    Promise.resolve(new Map(ids.filter((id) => id < 100).map((id) => [id, found(id)]))),
  )
})

function watched(anime_id: number, rating: number | null) {
  return {
    anime_id,
    name: `Title ${anime_id}`,
    listed_as: 'x',
    rating,
    status: 'completed',
    found_by: 'mal_id',
  }
}

const ANSWER = {
  source: 'mal-xml',
  counts: { read: 9, matched: 3, planned: 2, unmatched: 2, skipped: 2 },
  matched: [watched(1, 9), { ...watched(2, null), status: 'dropped' }, watched(500, 5)],
  planned: [
    { anime_id: 3, name: 'x', in_catalog: true },
    { anime_id: null, name: 'Unknown plan', in_catalog: false },
  ],
  unmatched: [
    { anime_id: 900, name: '', rating: 3, status: 'watching' },
    { anime_id: null, name: 'Mistyped', rating: null, status: null },
  ],
  skipped: [
    { anime_id: 1, name: 'x', reason: 'listed before: the first entry counts' },
    { anime_id: 7, name: '', reason: 'no status' },
  ],
}
const IMPORTED = {
  titles: [
    { ...title(1, 9), status: 'completed' },
    { ...title(2, 'seen'), status: 'dropped' },
    { ...unknownTitle(500, 'Title 500'), opinion: 5, status: 'completed' }, // a new model came in between
  ],
  planned: [short(3)],
  newer: [{ ...unknownTitle(900, 'Title 900'), opinion: 3, status: 'watching' }],
  lost: ['Mistyped', 'Unknown plan'],
  skipped: [
    { name: 'x', reason: 'listed before: the first entry counts' },
    { name: 'Title 7', reason: 'no status' },
  ],
}

it('turns an answer of the server into a list', async () => {
  post.mockResolvedValue(answer(200, ANSWER))
  expect(await readFile(FILE)).toEqual(IMPORTED)
  expect(await readName(ANILIST, 'somebody')).toEqual(IMPORTED)
  expect(post.mock.lastCall).toMatchObject([
    '/api/v1/imports/sites/{site}',
    { params: { path: { site: 'anilist' } }, body: { user_name: 'somebody' } },
  ])
})

it('sends what was pasted as a file', async () => {
  post.mockResolvedValue(answer(200, ANSWER))
  await readText('Steins;Gate\nClannad')
  const form = post.mock.lastCall?.[1].bodySerializer?.()
  expect((form?.get('file') as File).size).toBe('Steins;Gate\nClannad'.length)
})

it('does not send a file that is too large', async () => {
  const large = { name: 'film.mkv', size: 10_000_001 } as File
  await expect(readFile(large)).rejects.toThrow('“film.mkv” is larger than 10 MB')
  expect(post).not.toHaveBeenCalled()
})

it.each([422, 403, 404])('passes on the words of an answer of %d', async (status) => {
  post.mockResolvedValue(answer(status, { detail: 'The list of “x” is private.' }))
  await expect(readFile(FILE)).rejects.toThrow('The list of “x” is private.')
})

it.each([502, 503])('passes on what the server says of another site (%d)', async (status) => {
  const detail = 'AniList wants fewer requests. Try again in 37 s, or import a file.'
  const type = `/docs/problems#external-${status === 502 ? 'answer' : 'site'}`
  post.mockResolvedValue(answer(status, { type, detail }))
  await expect(readName(ANILIST, 'x')).rejects.toThrow('Try again in 37 s')
})

it('says that a list is empty', async () => {
  const counts = { read: 0, matched: 0, planned: 0, unmatched: 0, skipped: 0 }
  post.mockResolvedValue(answer(200, { counts, matched: [], planned: [], unmatched: [], skipped: [] }))
  await expect(readFile(FILE)).rejects.toThrow('“list.xml” has no titles in it')
  await expect(readName(ANILIST, 'x')).rejects.toThrow('The AniList list of “x” is empty')
})

it('sums up an import', () => {
  const some = (count: number) => Array.from({ length: count }, (_, id) => title(id))
  const none = { planned: [], newer: [], lost: [], skipped: [] }
  const lost = ['x', 'y']
  expect(summary({ ...none, titles: some(380), planned: some(12), newer: some(18), lost })).toBe(
    '412 titles read: 380 found, 20 not in this catalog, 12 planned.',
  )
  expect(summary({ ...none, titles: [title(1)] })).toBe('1 title read: 1 found.')
})
