import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick, ref } from 'vue'

import { api } from '@/api/client'

import { useTitleSearch } from './search'
import { answer, found } from './testing'

vi.mock('@/api/client', async (original) => ({ ...(await original<object>()), api: { GET: vi.fn() } }))
type Init = { params: { query: { query: string; nsfw: boolean } }; signal: AbortSignal }
const get = vi.mocked(api.GET as (path: string, init: Init) => Promise<unknown>)

beforeEach(() => {
  vi.useFakeTimers()
  get.mockReset()
  get.mockResolvedValue(answer(200, { items: [found(1)] }))
})
afterEach(() => vi.useRealTimers())

it('sends one request for quick typing', async () => {
  const text = ref('')
  const search = useTitleSearch(text, () => false)
  for (const typed of ['s', 'st', 'ste', 'stei ']) {
    text.value = typed
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(search.isPending.value).toBe(true)
  expect(get).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(50)
  expect(get.mock.calls.map(([, init]) => init.params.query.query)).toEqual(['stei'])
  expect(search.found.value.map((title) => title.anime_id)).toEqual([1])
  expect(search.isPending.value).toBe(false)
})

it('aborts outdated requests and ignores late answers', async () => {
  const text = ref('')
  const search = useTitleSearch(text, () => false)
  let late: (value: unknown) => void = () => undefined
  get.mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
  text.value = 'old'
  await vi.advanceTimersByTimeAsync(150)
  text.value = 'new'
  await vi.advanceTimersByTimeAsync(150)
  expect(get.mock.calls[0]?.[1].signal.aborted).toBe(true)
  late(answer(200, { items: [found(7)] }))
  await vi.advanceTimersByTimeAsync(0)
  expect(search.found.value.map((title) => title.anime_id)).toEqual([1])
})

it('clears the results when the text is cleared', async () => {
  const text = ref('x')
  const search = useTitleSearch(text, () => false)
  text.value = 'xy'
  await vi.advanceTimersByTimeAsync(150)
  text.value = '  '
  await nextTick()
  expect(search.found.value).toEqual([])
  expect(search.isPending.value).toBe(false)
})

it('shows the error of a failed search, and retries', async () => {
  const text = ref('')
  const search = useTitleSearch(text, () => false)
  get.mockResolvedValueOnce(answer(503, {}))
  text.value = 'x'
  await vi.advanceTimersByTimeAsync(150)
  expect(search.failure.value).toContain('The server can’t answer right now')
  expect(search.isPending.value).toBe(false)
  search.retry()
  await vi.advanceTimersByTimeAsync(150)
  expect(search.failure.value).toBeNull()
  expect(search.found.value).toHaveLength(1)
})

it('excludes adult titles until they are wanted', async () => {
  const text = ref('')
  const nsfw = ref(false)
  useTitleSearch(text, () => nsfw.value)
  text.value = 'x'
  await vi.advanceTimersByTimeAsync(150)
  nsfw.value = true
  await vi.advanceTimersByTimeAsync(150)
  expect(get.mock.calls.map(([, init]) => init.params.query.nsfw)).toEqual([false, true])
})
