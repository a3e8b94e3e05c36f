import { beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'

import { readMalExport } from './mal'
import { answer, found, title } from './testing'
import { fetchTitles } from './titles'

vi.mock('@/api/client', async (original) => ({ ...(await original<object>()), api: { POST: vi.fn() } }))
vi.mock('./titles', () => ({ fetchTitles: vi.fn() }))
const post = vi.mocked(api.POST as (path: string, init: object) => Promise<unknown>)
const FILE = new File(['<myanimelist/>'], 'list.xml')

beforeEach(() => {
  post.mockReset()
  vi.mocked(fetchTitles).mockImplementation((ids) =>
    Promise.resolve(new Map(ids.map((id) => [id, found(id)]))),
  )
})

it('turns an answer of the server into a list', async () => {
  post.mockResolvedValue(
    answer(200, {
      counts: { read: 6, matched: 2, unmatched: 1, skipped: 3 },
      matched: [
        { anime_id: 1, name: 'Title 1', rating: 9, status: 'completed' },
        { anime_id: 2, name: 'Title 2', rating: null, status: 'dropped' },
      ],
      unmatched: [{ anime_id: 900, name: '', rating: 3, status: 'watching' }],
      skipped: [
        { anime_id: 3, name: 'x', reason: 'plan to watch: not watched yet' },
        { anime_id: 1, name: 'x', reason: 'listed before: the first entry counts' },
        { anime_id: null, name: 'x', reason: 'no MyAnimeList id' },
      ],
    }),
  )
  expect(await readMalExport(FILE)).toEqual({
    listed: [title(1, 9), title(2, 'seen')],
    unmatched: ['Title 900'],
    planned: 1,
    skipped: 2,
  })
})

it('does not send a file that is too large', async () => {
  const large = { name: 'film.mkv', size: 10_000_001 } as File
  await expect(readMalExport(large)).rejects.toThrow('“film.mkv” is larger than 10 MB')
  expect(post).not.toHaveBeenCalled()
})

it('passes on why the server cannot read a file', async () => {
  post.mockResolvedValue(answer(422, { detail: 'The export cannot be read: line 1: a document type.' }))
  await expect(readMalExport(FILE)).rejects.toThrow('line 1: a document type')
})

it('says that an export is empty', async () => {
  post.mockResolvedValue(answer(200, { counts: { read: 0 }, matched: [], unmatched: [], skipped: [] }))
  await expect(readMalExport(FILE)).rejects.toThrow('no titles in it')
})
