import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'

import { unknownTitle, useList } from '@/stores/list'

import { learnTitles } from './learn'
import { found, short, title } from './testing'
import { fetchTitles } from './titles'

vi.mock('./titles', () => ({ fetchTitles: vi.fn() }))
const fetched = vi.mocked(fetchTitles)

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  fetched.mockReset()
  fetched.mockImplementation((ids) => Promise.resolve(new Map(ids.map((id) => [id, found(id)]))))
})

it('completes titles that the catalog has learned, and keeps what one thinks of them', async () => {
  const list = useList()
  list.replace({
    titles: [title(1, 9), { ...unknownTitle(2, 'As imported'), opinion: 4, status: 'dropped' }],
    planned: [unknownTitle(3, null)],
  })
  await learnTitles(list)
  expect(fetched).toHaveBeenCalledWith([2, 3])
  expect(list.titles).toEqual([title(1, 9), { ...title(2, 4), status: 'dropped' }])
  expect(list.planned).toEqual([short(3)])
})

it('asks for nothing where every title is known, and survives a failure', async () => {
  const list = useList()
  list.replace({ titles: [title(1, 9)] })
  await learnTitles(list)
  expect(fetched).not.toHaveBeenCalled()
  list.replace({ planned: [unknownTitle(3, 'New')] })
  fetched.mockRejectedValue(new Error('offline'))
  await learnTitles(list)
  expect(list.planned).toEqual([unknownTitle(3, 'New')])
})
