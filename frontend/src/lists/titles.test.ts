import { beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'

import { answer, found } from './testing'
import { fetchTitles } from './titles'

vi.mock('@/api/client', async (original) => ({ ...(await original<object>()), api: { GET: vi.fn() } }))
const get = vi.mocked(
  api.GET as (path: string, init: { params: { query: { ids: number[] } } }) => Promise<unknown>,
)

beforeEach(() => {
  get.mockReset()
  get.mockImplementation((_path, { params }) =>
    Promise.resolve(answer(200, { items: params.query.ids.filter((id) => id % 2).map(found) })),
  )
})

it('requests every id once, a hundred at a time', async () => {
  const ids = Array.from({ length: 1234 }, (_, at) => at + 1)
  const titles = await fetchTitles([...ids, ...ids])
  expect(get).toHaveBeenCalledTimes(13)
  const requested = get.mock.calls.flatMap(([, init]) => init.params.query.ids)
  expect(requested.sort((a, b) => a - b)).toEqual(ids)
  expect(titles.size).toBe(617)
  expect(titles.get(1233)?.name).toBe('Title 1233')
})

it('requests nothing for no ids', async () => {
  expect((await fetchTitles([])).size).toBe(0)
  expect(get).not.toHaveBeenCalled()
})

it('passes a failure on', async () => {
  get.mockResolvedValue(answer(503, {}))
  await expect(fetchTitles([1])).rejects.toThrow('The server can’t answer right now')
})
