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

it('saves a list, then saves many changes at once', async () => {
  const profile = await saved()
  expect(profile.state).toBe('saved')
  expect(kept()).toEqual({ ...KEY, saved: '1.9' })
  useList().put(title(1), 8)
  useList().put(title(2), 'seen')
  await vi.advanceTimersByTimeAsync(100)
  expect(profile.state).toBe('saving')
  expect(kept()).toEqual({ ...KEY, saved: '1.9' })
  await wait()
  expect(PUT).toHaveBeenCalledTimes(1)
  expect(PUT.mock.calls[0]?.[1]).toMatchObject({
    headers: { Authorization: 'Bearer secret' },
    body: { ratings: [{ anime_id: 1, rating: 8 }], watched_ids: [2] },
  })
  expect(profile.state).toBe('saved')
})

it('saves what is planned, and how far one got', async () => {
  const profile = await saved()
  useList().plan(title(2))
  useList().put(title(3), 'seen', 'dropped')
  await wait()
  expect(PUT.mock.lastCall?.[1].body).toMatchObject({
    watched_ids: [3],
    statuses: [{ anime_id: 3, status: 'dropped' }],
    planned_ids: [2],
  })
  expect(profile.state).toBe('saved')
})

it('saves again what changed during a save', async () => {
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

it('retries an unsaved change at the next visit', async () => {
  const profile = await saved()
  PUT.mockResolvedValueOnce(answer(503, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('failed')
  expect(profile.failure?.text).toContain('The server can’t answer right now')
  expect(kept()).toEqual({ ...KEY, saved: '1.9' })

  disposePinia(pinia)
  open()
  const again = useProfile()
  await wait()
  expect(again.state).toBe('saved')
})

it('does not replace a saved list with an empty one', async () => {
  const profile = await saved()
  useList().replace({ titles: [] })
  await wait()
  expect(PUT).not.toHaveBeenCalled()
  expect(profile.state).toBe('empty')
})

it('keeps the list when the profile is gone from the server', async () => {
  const profile = await saved()
  PUT.mockResolvedValue(answer(404, {}))
  GET.mockResolvedValue(answer(404, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('none')
  expect(kept()).toBeNull()
  expect(useList().titles).toHaveLength(1)
  expect(useNotices().current?.text).toContain('no longer on the server')
})

it('tells a missing profile from a list without known titles', async () => {
  const profile = await saved()
  PUT.mockResolvedValue(answer(404, { detail: 'The list names no title that is known.' }))
  GET.mockResolvedValue(answer(200, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.state).toBe('failed')
  expect(profile.failure?.text).toBe('The list names no title that is known.')
})

it('replaces the list with a loaded profile without saving it again, and undoes that', async () => {
  useList().put(title(1), 9)
  const profile = useProfile()
  vi.mocked(fetchTitles).mockResolvedValue(new Map())
  GET.mockResolvedValue(
    answer(200, {
      ...KEY,
      ratings: [{ anime_id: 5, name: 'Five', rating: 4, status: null }],
      watched_ids: [6],
      statuses: [],
      planned_ids: [7],
    }),
  )
  const undo = profile.adopt(KEY, await profile.read(KEY))
  await wait()
  expect(useList().titles.map(({ name, opinion }) => [name, opinion])).toEqual([
    ['Five', 4],
    ['Title 6', 'seen'],
  ])
  expect(useList().planned.map(({ anime_id }) => anime_id)).toEqual([7])
  expect(profile.state).toBe('saved')
  undo()
  await wait()
  expect(useList().titles.map((listed) => listed.anime_id)).toEqual([1])
  expect(useList().planned).toEqual([])
  expect(profile.state).toBe('none')
  expect(PUT).not.toHaveBeenCalled()
})

it('deletes the profile and keeps the list', async () => {
  const profile = await saved()
  DELETE.mockResolvedValue(answer(204))
  expect(await profile.erase()).toBe(true)
  expect(kept()).toBeNull()
  expect(useList().titles).toHaveLength(1)
})

it('keeps a profile that could not be deleted, and remembers what failed', async () => {
  const profile = await saved()
  DELETE.mockResolvedValue(answer(503, {}))
  expect(await profile.erase()).toBe(false)
  expect(kept()).toMatchObject(KEY)
  expect(profile.failure?.work).toBe('erase')
  await profile.save()
  expect(profile.failure?.work).toBe('erase') // there was nothing to save
})

it('creates one profile for two presses', async () => {
  useList().put(title(1), 9)
  const profile = useProfile()
  await Promise.all([profile.create(), profile.create()])
  expect(POST).toHaveBeenCalledTimes(1)
})

it('keeps a rejected key until it is forgotten', async () => {
  const profile = await saved()
  PUT.mockResolvedValue(answer(401, {}))
  useList().put(title(1), 8)
  await wait()
  expect(profile.failure).toMatchObject({ work: 'save', isLocked: true })
  expect(kept()).toMatchObject(KEY)
  profile.forget()
  expect(kept()).toBeNull()
  useNotices().current?.action?.run()
  expect(kept()).toMatchObject(KEY)
})

it('saves a pending change after loading another profile is undone', async () => {
  const profile = await saved()
  useList().put(title(1), 8)
  const undo = profile.adopt({ ...KEY, user_id: 5 }, { titles: [title(2)], planned: [] })
  await wait()
  expect(PUT).not.toHaveBeenCalled()
  undo()
  await wait()
  expect(PUT.mock.calls[0]?.[1].body).toMatchObject({ ratings: [{ anime_id: 1, rating: 8 }] })
  expect(profile.state).toBe('saved')
})

/** What another tab writes. */
function elsewhere(key: string, value: unknown): void {
  localStorage.setItem(key, JSON.stringify(value))
  window.dispatchEvent(new StorageEvent('storage', { key, storageArea: localStorage }))
}

it('leaves saving to the tab where the list changed', async () => {
  const profile = await saved()
  await wait()
  elsewhere('anime.list', [title(1, 3)])
  await wait()
  expect(PUT).not.toHaveBeenCalled()
  expect(kept()).toEqual({ ...KEY, saved: '1.9' })
  elsewhere('anime.profile', { ...KEY, saved: '1.3' })
  expect(profile.state).toBe('saved')
})

it('saves nothing to the old profile after another tab loaded one', async () => {
  await saved()
  useList().put(title(1), 8) // about to be saved
  localStorage.setItem('anime.list', JSON.stringify([title(7, 7)])) // and this page has not heard yet
  localStorage.setItem('anime.profile', JSON.stringify({ ...KEY, user_id: 5, saved: '7.7' }))
  await wait()
  expect(PUT).not.toHaveBeenCalled()
  expect(kept()).toMatchObject({ user_id: 5 })
})

it('keeps the profile that another tab loaded during a save', async () => {
  await saved()
  PUT.mockImplementation(async () => {
    localStorage.setItem('anime.profile', JSON.stringify({ ...KEY, user_id: 5, saved: '7.7' }))
    return answer(200, {})
  })
  useList().put(title(1), 8)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(PUT).toHaveBeenCalledTimes(1)
  expect(kept()).toMatchObject({ user_id: 5, saved: '7.7' })
})
