import { createPinia, disposePinia, type Pinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'
import { answer, title } from '@/lists/testing'
import { fetchTitles } from '@/lists/titles'

import { useList } from './list'
import { useNotices } from './notices'
import { useProfile } from './profile'

vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { GET: vi.fn(), POST: vi.fn(), PUT: vi.fn(), DELETE: vi.fn() },
}))
vi.mock('@/lists/titles', () => ({ fetchTitles: vi.fn() }))
type Call = (path: string, init: { body?: object; headers?: object }) => Promise<unknown>
const { GET, POST, PUT, DELETE } = vi.mocked(
  api as unknown as Record<'GET' | 'POST' | 'PUT' | 'DELETE', Call>,
)

const KEY = { user_id: 4593833203555502, token: 'secret' }
const kept = (): unknown => JSON.parse(localStorage.getItem('anime.profile') ?? 'null')
const wait = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_500)

let pinia: Pinia

/** As a page does, with what the storage has. */
function open(): void {
  pinia = createPinia()
  setActivePinia(pinia)
}

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  for (const call of [GET, POST, PUT, DELETE]) call.mockReset()
  POST.mockResolvedValue(answer(201, { ...KEY, saved: 1, unresolved: [] }))
  PUT.mockResolvedValue(answer(200, { user_id: KEY.user_id, saved: 1, unresolved: [] }))
  open()
})
afterEach(() => {
  disposePinia(pinia)
  vi.useRealTimers()
})

async function saved() {
  useList().put(title(1), 9)
  const profile = useProfile()
  await profile.create()
  return profile
}

it('saves nothing until it is asked to', async () => {
  const profile = useProfile()
  useList().put(title(1), 9)
  await wait()
  expect([...POST.mock.calls, ...PUT.mock.calls]).toEqual([])
  expect(profile.state).toBe('none')
})

it('saves a list, and then keeps it in step, once for many changes', async () => {
  const profile = await saved()
  expect(profile.state).toBe('saved')
  expect(kept()).toEqual({ ...KEY, is_saved: true })
  useList().put(title(1), 8)
  useList().put(title(2), 'seen')
  await vi.advanceTimersByTimeAsync(100)
  expect(profile.state).toBe('saving')
  expect(kept()).toEqual({ ...KEY, is_saved: false })
  await wait()
  expect(PUT).toHaveBeenCalledTimes(1)
  expect(PUT.mock.calls[0]?.[1]).toMatchObject({
    headers: { Authorization: 'Bearer secret' },
    body: { ratings: [{ anime_id: 1, rating: 8 }], watched_ids: [2] },
  })
  expect(profile.state).toBe('saved')
})

it('saves once more what changed while it was saving', async () => {
  const profile = await saved()
  let answerLate: (value: unknown) => void = () => undefined
  PUT.mockReturnValueOnce(new Promise((resolve) => (answerLate = resolve)))
  useList().put(title(1), 8)
  await wait()
  useList().put(title(1), 7)
  answerLate(answer(200, {}))
  await wait()
  await wait()
  expect(PUT.mock.calls.map(([, init]) => init.body)).toMatchObject([
    { ratings: [{ rating: 8 }] },
    { ratings: [{ rating: 7 }] },
  ])
  expect(profile.state).toBe('saved')
})

it('keeps what could not be saved for the next try, and for the next visit', async () => {
  const profile = await saved()
  PUT.mockResolvedValueOnce(answer(503, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('failed')
  expect(profile.failure).toContain('The server cannot answer right now')
  expect(kept()).toEqual({ ...KEY, is_saved: false })

  disposePinia(pinia)
  open()
  const again = useProfile()
  await wait()
  expect(again.state).toBe('saved')
})

it('does not put an empty list in the place of a saved one', async () => {
  const profile = await saved()
  useList().replace([])
  await wait()
  expect(PUT).not.toHaveBeenCalled()
  expect(profile.state).toBe('empty')
})

it.each([401, 404])('leaves the list where the profile is gone (%s)', async (status) => {
  const profile = await saved()
  PUT.mockResolvedValue(answer(status, {}))
  GET.mockResolvedValue(answer(404, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('none')
  expect(kept()).toBeNull()
  expect(useList().titles).toHaveLength(1)
  expect(useNotices().current?.text).toContain('no longer on the server')
})

it('tells a profile that is gone from a list without known titles', async () => {
  const profile = await saved()
  PUT.mockResolvedValue(answer(404, { detail: 'The list names no title that is known.' }))
  GET.mockResolvedValue(answer(200, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('failed')
  expect(profile.failure).toBe('The list names no title that is known.')
})

it('loads a profile in the place of the list, does not send it back, and undoes that', async () => {
  useList().put(title(1), 9)
  const profile = useProfile()
  vi.mocked(fetchTitles).mockResolvedValue(new Map())
  GET.mockResolvedValue(
    answer(200, { ...KEY, ratings: [{ anime_id: 5, name: 'Five', rating: 4 }], watched_ids: [6] }),
  )
  const undo = profile.adopt(KEY, await profile.read(KEY))
  await wait()
  expect(useList().titles.map(({ name, opinion }) => [name, opinion])).toEqual([
    ['Five', 4],
    ['Title 6', 'seen'],
  ])
  expect(profile.state).toBe('saved')
  undo()
  await wait()
  expect(useList().titles.map((listed) => listed.anime_id)).toEqual([1])
  expect(profile.state).toBe('none')
  expect(PUT).not.toHaveBeenCalled()
})

it('deletes the profile and leaves the list', async () => {
  const profile = await saved()
  DELETE.mockResolvedValue(answer(204))
  expect(await profile.erase()).toBe(true)
  expect(kept()).toBeNull()
  expect(useList().titles).toHaveLength(1)
})

it('keeps the profile where it could not be deleted', async () => {
  const profile = await saved()
  DELETE.mockResolvedValue(answer(503, {}))
  expect(await profile.erase()).toBe(false)
  expect(kept()).toMatchObject(KEY)
  expect(profile.state).toBe('failed')
})
