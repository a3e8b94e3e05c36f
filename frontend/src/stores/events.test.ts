import { createPinia, disposePinia, getActivePinia, type Pinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'
import { kindOf } from '@/events/session'
import { answer, title } from '@/lists/testing'

import { useEvents } from './events'
import { useNotices } from './notices'
import { usePreferences } from './preferences'

vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { POST: vi.fn(), DELETE: vi.fn() },
}))
interface Init {
  body: { events: { event_id: string; kind: string; session_id: string }[] }
  params: { path: Record<string, string>; query?: Record<string, string> }
}
type Call = (path: string, init: Init) => Promise<unknown>
const { POST, DELETE } = vi.mocked(api as unknown as Record<'POST' | 'DELETE', Call>)

const sent = () => POST.mock.calls.flatMap(([, { body }]) => body.events)
const waiting = () => JSON.parse(localStorage.getItem('anime.events') ?? '[]')
const done = (events: ReturnType<typeof useEvents>) =>
  events.acts.map((act) => [act.anime_id, kindOf(act), act.events.length])

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  sessionStorage.clear()
  const listen = { addEventListener: () => undefined, removeEventListener: () => undefined }
  vi.stubGlobal('matchMedia', () => ({ matches: false, ...listen }))
  POST.mockReset()
  POST.mockResolvedValue(answer(202, { accepted: 1, known: 0, refused: [] }))
  DELETE.mockReset()
  DELETE.mockResolvedValue(answer(204))
  setActivePinia(createPinia())
})
afterEach(() => {
  disposePinia(getActivePinia() as Pinia) // it would hear of later tests
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('counts what is done with a title once, as what says most', () => {
  const events = useEvents()
  events.record('view', title(1))
  events.record('click', title(2), { recommendationId: 'r', position: 3 })
  events.record('view', title(2))
  events.record('impression', title(3))
  expect(done(events)).toEqual([
    [1, 'view', 1],
    [2, 'click', 2],
  ])
  events.record('click', title(1))
  expect(done(events)).toEqual([
    [2, 'click', 2],
    [1, 'click', 2],
  ])
  expect(waiting()[1]).toMatchObject({ kind: 'click', anime_id: 2, recommendation_id: 'r', position: 3 })
})

it('says of what is done with a chosen title where it was chosen', () => {
  const events = useEvents()
  const place = { recommendation_id: 'r', position: 3 }
  events.record('impression', title(1), { recommendationId: 'q', position: 1 })
  events.record('view', title(1))
  events.record('click', title(1), { recommendationId: 'r', position: 3 })
  events.record('like', title(1))
  events.record('click', title(1)) // elsewhere
  events.record('dismiss', title(1))
  const nowhere = { recommendation_id: null, position: null }
  expect(waiting()).toMatchObject([
    { recommendation_id: 'q', position: 1 },
    nowhere,
    place,
    place,
    nowhere,
    nowhere,
  ])
})

it('keeps the session for as long as the tab is open', () => {
  const events = useEvents()
  events.record('click', title(1))
  setActivePinia(createPinia())
  expect(useEvents().sessionId).toBe(events.sessionId)
  expect(done(useEvents())).toEqual([[1, 'click', 1]])
  sessionStorage.clear()
  setActivePinia(createPinia())
  expect(useEvents().sessionId).not.toBe(events.sessionId)
})

it('sends nothing of a browser with Global Privacy Control', async () => {
  vi.stubGlobal('navigator', { onLine: true, globalPrivacyControl: true })
  const events = useEvents()
  events.record('click', title(1))
  await events.arrive()
  expect([events.isOn, events.isRefused, events.acts, waiting()]).toEqual([false, true, [], []])
  expect(POST).not.toHaveBeenCalled()
})

it('sends nothing once a person has said no, not even what waits', async () => {
  const events = useEvents()
  events.record('click', title(1))
  usePreferences().shaping = false
  await events.arrive()
  events.record('like', title(2))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(POST).not.toHaveBeenCalled()
  expect(events.acts).toEqual([])
})

it('answers offline to nothing until it has arrived', async () => {
  const line = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  POST.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  const events = useEvents()
  events.record('click', title(1))
  expect(events.acts).toEqual([])
  await events.arrive()
  expect(events.acts).toEqual([])
  line.mockReturnValue(true)
  window.dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(0)
  expect(done(events)).toEqual([[1, 'click', 1]])
  expect(new Set(sent().map(({ event_id }) => event_id)).size).toBe(1)
})

it('forgets what the server refuses', async () => {
  const events = useEvents()
  events.record('click', title(1))
  const [{ event_id }] = waiting()
  POST.mockResolvedValue(answer(202, { accepted: 0, known: 0, refused: [{ event_id, reason: 'no' }] }))
  await events.arrive()
  expect(events.acts).toEqual([])
})

it('undoes everything that was done with a title, or one kind of it', async () => {
  const events = useEvents()
  events.record('click', title(1))
  events.record('like', title(1))
  expect(events.liked).toEqual(new Set([1]))
  await events.undo(1, 'like')
  expect(events.liked).toEqual(new Set())
  expect(done(events)).toEqual([[1, 'click', 1]])
  await events.undo(1)
  expect(events.acts).toEqual([])
  expect(DELETE.mock.calls.map(([path]) => path)).toEqual(Array(2).fill('/api/v1/events/{event_id}'))
  expect(DELETE.mock.calls[0]?.[1].params.query).toEqual({ session_id: events.sessionId })
  await events.arrive()
  expect(sent()).toEqual([])
})

it('says that something could not be undone, and counts it still', async () => {
  DELETE.mockResolvedValueOnce(answer(503, {}))
  const events = useEvents()
  events.record('click', title(1))
  await events.undo(1)
  expect(done(events)).toEqual([[1, 'click', 1]])
  expect(useNotices().current?.text).toContain('could not be undone')
  useNotices().current?.action?.run()
  await vi.advanceTimersByTimeAsync(0)
  expect(events.acts).toEqual([])
})

it('deletes the session and begins another', async () => {
  const events = useEvents()
  const before = events.sessionId
  events.record('click', title(1))
  await events.forget()
  expect(DELETE.mock.calls[0]?.[1].params.path).toEqual({ session_id: before })
  expect(events.sessionId).not.toBe(before)
  expect([events.acts, waiting()]).toEqual([[], []])
})

it('keeps the session where it could not be deleted', async () => {
  DELETE.mockRejectedValueOnce(new TypeError('Failed to fetch'))
  const events = useEvents()
  const before = events.sessionId
  events.record('click', title(1))
  await events.forget()
  expect(events.sessionId).toBe(before)
  expect(done(events)).toHaveLength(1)
})

it('sends what waits when the page is hidden', async () => {
  useEvents().record('click', title(1))
  expect(sent()).toEqual([])
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.advanceTimersByTimeAsync(0)
  expect(new Set(sent().map(({ event_id }) => event_id)).size).toBe(1)
})
