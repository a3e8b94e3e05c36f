import { beforeEach, expect, it, vi } from 'vitest'

import { matchTitles, summary } from './imports'
import { found, title } from './testing'
import { fetchTitles } from './titles'

vi.mock('./titles', () => ({ fetchTitles: vi.fn() }))

beforeEach(() => {
  vi.mocked(fetchTitles).mockImplementation((ids) =>
    Promise.resolve(new Map(ids.filter((id) => id < 100).map((id) => [id, found(id)]))),
  )
})

it('sorts entries into found, unmatched and listed twice', async () => {
  const entries = [
    { anime_id: 1, name: 'one', opinion: 8 },
    { anime_id: null, name: 'no id', opinion: 7 },
    { anime_id: 1, name: 'one again', opinion: 2 },
    { anime_id: 500, name: 'too new', opinion: 'seen' as const },
  ]
  const imported = await matchTitles({ entries, planned: 3 })
  expect(imported).toEqual({ listed: [title(1, 8)], unmatched: ['no id', 'too new'], planned: 3, skipped: 1 })
})

it('refuses more titles than a list may have', async () => {
  const entries = Array.from({ length: 5001 }, () => ({ anime_id: 1, name: '', opinion: 8 }))
  await expect(matchTitles({ entries, planned: 9 }, 5000)).rejects.toThrow(
    '5,001 watched titles; a list here can have at most 5,000',
  )
  expect((await matchTitles({ entries: entries.slice(1), planned: 9 }, 5000)).listed).toHaveLength(1)
})

it('sums up an import', () => {
  const unmatched = Array<string>(20).fill('x')
  const listed = Array.from({ length: 380 }, (_, id) => title(id))
  expect(summary({ listed, unmatched, planned: 12, skipped: 0 })).toBe(
    '412 titles read: 380 found, 20 not in this catalog, 12 planned.',
  )
  expect(summary({ listed: [title(1)], unmatched: [], planned: 0, skipped: 0 })).toBe(
    '1 title read: 1 found.',
  )
})
