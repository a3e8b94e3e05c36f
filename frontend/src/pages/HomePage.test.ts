import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type App, createApp, nextTick } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'

import { api } from '@/api/client'
import { answer, title } from '@/lists/testing'
import { algorithm, ALGORITHMS, filter, FILTERS } from '@/testing'

import HomePage from './HomePage.vue'

vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { GET: vi.fn(), POST: vi.fn(), PUT: vi.fn(), DELETE: vi.fn() },
}))
type Call = (path: string, init: { body: Record<string, unknown> }) => Promise<unknown>
const { GET, POST } = vi.mocked(api as unknown as Record<'GET' | 'POST', Call>)

const ADDED = [
  filter('studio', 'Studio', 'choice', { choices: ['Madhouse', 'Bones'] }),
  filter('moods', 'Mood', 'multichoice', { choices: ['Cozy', 'Tense'], default: [] }),
  filter('max_minutes', 'Minutes at most', 'number', { minimum: 1, maximum: 600, step: 1 }),
  filter('dubbed', 'Dubbed', 'switch', { default: false }),
  filter('internal', 'Internal', 'none', { default: 0 }),
]
const ANSWERS: Record<string, object> = {
  '/api/v1/algorithms': { items: [...ALGORITHMS, algorithm('dice', 'Roll the dice')] },
  '/api/v1/filters': { items: [...FILTERS, ...ADDED] },
}

let app: App
let router: Router

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve))
  await nextTick()
}

async function open(address: string): Promise<void> {
  router = createRouter({
    history: createMemoryHistory(),
    routes: ['home', 'list', 'title'].map((name) => ({ path: `/${name}/:id?`, name, component: HomePage })),
  })
  await router.push(address)
  app = createApp(HomePage).use(createPinia()).use(PiniaColada).use(router)
  app.mount(document.body.appendChild(document.createElement('div')))
  await settled()
}

/** The control that a label names. */
function control(label: string): HTMLInputElement & HTMLSelectElement {
  const labels = [...document.querySelectorAll('label, button')]
  const found = labels.find((element) => element.textContent?.trim().startsWith(label))
  const within = found?.querySelector('input, select') ?? found
  if (!within) throw new Error(`There is no control “${label}”.`)
  return within as HTMLInputElement & HTMLSelectElement
}

async function enter(label: string, value: string): Promise<void> {
  control(label).value = value
  control(label).dispatchEvent(new Event('change'))
  await settled()
}

async function press(label: string): Promise<void> {
  control(label).click()
  await settled()
}

const requested = () => POST.mock.lastCall?.[1].body

beforeEach(() => {
  localStorage.setItem('anime.list', JSON.stringify([title(1, 9)]))
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: media.includes('min-width'),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
  GET.mockImplementation((path) => Promise.resolve(answer(200, ANSWERS[path] ?? { items: [] })))
  POST.mockResolvedValue(answer(200, { items: [], filtered: {} }))
})
afterEach(() => {
  app.unmount()
  document.body.replaceChildren()
  localStorage.clear()
  vi.clearAllMocks()
  vi.unstubAllGlobals()
})

describe('filters and an algorithm that the API adds', () => {
  it('are requested and written to the address when they are used', async () => {
    await open('/home')
    expect(requested()).toMatchObject({ filters: {} })
    expect(requested()).not.toHaveProperty('algorithm')
    await enter('Studio', 'Madhouse')
    await press('Tense')
    await enter('Minutes at most', '90')
    await press('Dubbed')
    await press('Roll the dice')
    const { query } = router.currentRoute.value
    expect(query).toEqual({
      algorithm: 'dice',
      dubbed: 'true',
      max_minutes: '90',
      moods: 'Tense',
      studio: 'Madhouse',
    })
    expect(requested()).toMatchObject({
      algorithm: 'dice',
      filters: { studio: 'Madhouse', moods: ['Tense'], max_minutes: 90, dubbed: true },
    })
  })

  it('come from an address, and only once the API has said what they are', async () => {
    let sendFilters: (value: unknown) => void = () => undefined
    GET.mockImplementation((path) =>
      path === '/api/v1/filters'
        ? new Promise((resolve) => (sendFilters = resolve))
        : Promise.resolve(answer(200, ANSWERS[path] ?? { items: [] })),
    )
    await open('/home?studio=bones&max_minutes=90&moods=Cozy&dubbed=true&algorithm=dice')
    expect(POST).not.toHaveBeenCalled()
    expect(document.querySelector('.skeleton')).not.toBeNull()
    sendFilters(answer(200, ANSWERS['/api/v1/filters']))
    await settled()
    expect(POST).toHaveBeenCalledTimes(1)
    expect(requested()).toMatchObject({
      algorithm: 'dice',
      filters: { studio: 'Bones', moods: ['Cozy'], max_minutes: 90, dubbed: true },
    })
    expect(control('Studio').value).toBe('Bones')
    expect(control('Minutes at most').value).toBe('90')
    expect(control('Cozy').getAttribute('aria-pressed')).toBe('true')
    expect(control('Dubbed').checked).toBe(true)
    expect(control('Roll the dice').checked).toBe(true)
    expect(document.querySelector('summary')?.textContent).toContain('What Roll the dice does.')
  })

  it('are back at their defaults after a reset', async () => {
    await open('/home?studio=Bones&algorithm=dice')
    await press('Reset')
    expect(router.currentRoute.value.query).toEqual({})
    expect(requested()).toMatchObject({ filters: {} })
    expect(requested()).not.toHaveProperty('algorithm')
  })

  it('are in the order of the API, without what is not for people', async () => {
    await open('/home')
    const labels = [...document.querySelectorAll('.filter-label, .switch')].map(({ textContent }) =>
      textContent?.trim(),
    )
    expect(labels).toEqual([
      'Type',
      'Genres',
      'Aired since',
      'Aired until',
      'Minimum score',
      'Include adult titles',
      'Studio',
      'Mood',
      'Minutes at most',
      'Dubbed',
    ])
  })
})

it('keeps the filters of an address that could not be explained', async () => {
  GET.mockImplementation((path) =>
    Promise.resolve(
      path === '/api/v1/filters' ? answer(503, {}) : answer(200, ANSWERS[path] ?? { items: [] }),
    ),
  )
  await open('/home?studio=Bones')
  expect(requested()).toMatchObject({ filters: {} })
  await press('Anything, including sequels')
  expect(router.currentRoute.value.query).toEqual({ studio: 'Bones', franchise: 'allow' })
  expect(document.body.textContent).toContain('The filters didn’t load.')
})
