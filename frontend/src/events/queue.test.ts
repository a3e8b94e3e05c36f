import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/client'
import { answer } from '@/lists/testing'

import { BATCH, EventQueue, MOST, RETRY_MS, type SentEvent, WAIT_MS } from './queue'
import { uuid } from './session'

vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { POST: vi.fn() },
}))
type Call = (path: string, init: { body: { events: SentEvent[] }; keepalive: boolean }) => Promise<unknown>
const { POST } = vi.mocked(api as unknown as Record<'POST', Call>)

const KEY = 'anime.events'
const SESSION = uuid()

function event(anime_id: number): SentEvent {
  const none = { user_id: null, recommendation_id: null, position: null }
  const happened_at = new Date().toISOString()
  return { event_id: uuid(), kind: 'click', anime_id, happened_at, session_id: SESSION, ...none }
}

const kept = (): SentEvent[] => JSON.parse(localStorage.getItem(KEY) ?? '[]')
const sent = (): string[][] => POST.mock.calls.map(([, { body }]) => body.events.map((one) => one.event_id))
const accepted = (refused: string[] = []) =>
  answer(202, { accepted: 1, known: 0, refused: refused.map((event_id) => ({ event_id, reason: 'no' })) })
const offline = () => Promise.reject(new TypeError('Failed to fetch'))

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  POST.mockReset()
  POST.mockResolvedValue(accepted())
})
afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
})

it('sends what came within a few seconds together, even as the page ends', async () => {
  const queue = new EventQueue()
  const events = [event(1), event(2)]
  events.forEach((one) => queue.add(one))
  await vi.advanceTimersByTimeAsync(WAIT_MS - 1)
  expect(POST).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(sent()).toEqual([events.map(({ event_id }) => event_id)])
  expect(POST.mock.calls[0]?.[1].keepalive).toBe(true)
  expect(kept()).toEqual([])
})

it('does not wait once there are many', async () => {
  const queue = new EventQueue()
  for (let at = 0; at < BATCH; at++) queue.add(event(at + 1))
  await vi.advanceTimersByTimeAsync(0)
  expect(sent()[0]).toHaveLength(BATCH)
  await vi.advanceTimersByTimeAsync(RETRY_MS)
  expect(POST).toHaveBeenCalledTimes(1)
})

it('sends the same ids again after a failure, and says which wait', async () => {
  POST.mockImplementationOnce(offline)
  const heard: number[] = []
  const queue = new EventQueue(({ waiting }) => heard.push(waiting.size))
  const one = event(1)
  queue.add(one)
  await queue.flush()
  expect(kept()).toEqual([one])
  await vi.advanceTimersByTimeAsync(RETRY_MS)
  expect(sent()).toEqual([[one.event_id], [one.event_id]])
  expect(kept()).toEqual([])
  expect(heard).toEqual([1, 0])
})

it.each([429, 500, 503])('sends again what was answered with %d', async (status) => {
  POST.mockResolvedValueOnce(answer(status, {}))
  const queue = new EventQueue()
  queue.add(event(1))
  await queue.flush()
  expect(kept()).toHaveLength(1)
  await queue.flush()
  expect(kept()).toEqual([])
})

it.each([400, 404, 422])('drops what was answered with %d', async (status) => {
  POST.mockResolvedValue(answer(status, {}))
  const refused = vi.fn()
  const queue = new EventQueue(refused)
  const one = event(1)
  queue.add(one)
  await queue.flush()
  expect(kept()).toEqual([])
  expect(refused).toHaveBeenCalledWith({ refused: new Set([one.event_id]), waiting: new Set() })
})

it('drops single events that are refused', async () => {
  const [good, bad] = [event(1), event(2)]
  POST.mockResolvedValue(accepted([bad.event_id]))
  const heard = vi.fn()
  const queue = new EventQueue(heard)
  queue.add(good)
  queue.add(bad)
  await queue.flush()
  expect(heard).toHaveBeenCalledWith({ refused: new Set([bad.event_id]), waiting: new Set() })
  expect(kept()).toEqual([])
})

it('keeps the newest of more than there is room for, and sends them in parts', async () => {
  POST.mockImplementation(offline)
  const queue = new EventQueue()
  for (let at = 0; at < MOST + 5; at++) queue.add(event(at + 1))
  await vi.advanceTimersByTimeAsync(0)
  expect(kept()).toHaveLength(MOST)
  expect(kept()[0]?.anime_id).toBe(6)
  POST.mockReset()
  POST.mockResolvedValue(accepted())
  await queue.flush()
  expect(sent().map((ids) => ids.length)).toEqual([100, 100, 100])
  expect(kept()).toEqual([])
})

it('sends at the next visit what an earlier one could not', async () => {
  const one = event(1)
  localStorage.setItem(KEY, JSON.stringify([one]))
  new EventQueue()
  await vi.advanceTimersByTimeAsync(0)
  expect(sent()).toEqual([[one.event_id]])
})

it('forgets what it cannot read', async () => {
  localStorage.setItem(KEY, '[{"event_id": 1}]')
  const queue = new EventQueue()
  queue.add(event(1))
  await queue.flush()
  expect(sent()[0]).toHaveLength(1)
})

it('says whether what is taken back may have arrived', async () => {
  POST.mockImplementation(offline)
  const queue = new EventQueue()
  const [before, after] = [event(1), event(2)]
  queue.add(before)
  await queue.flush()
  queue.add(after)
  expect(queue.take(new Set([before.event_id]))).toBe(false)
  expect(queue.take(new Set([after.event_id]))).toBe(true)
  expect(kept()).toEqual([])
})

it('sends also where the browser stores nothing', async () => {
  const set = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  const queue = new EventQueue()
  const one = event(1)
  queue.add(one)
  await queue.flush()
  expect(sent()).toEqual([[one.event_id]])
  set.mockRestore()
})
