import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, createApp, nextTick } from 'vue'

import { usePreferences } from '@/stores/preferences'

import AnimeCover from './AnimeCover.vue'

const TITLE = { anime_id: 1535, name: 'Death Note', image_url: 'https://covers.example/1535.jpg' }

let app: App
let place: HTMLElement

function show(title: { anime_id: number; name: string; image_url: string | null }, size?: 'small'): void {
  app = createApp(AnimeCover, { title, size }).use(createPinia())
  app.mount(place)
}

async function happens(event: 'load' | 'error'): Promise<void> {
  place.querySelector('img')?.dispatchEvent(new Event(event))
  await nextTick()
}

function seen(): { drawn: boolean; remote: boolean } {
  return { drawn: !!place.querySelector('svg'), remote: !!place.querySelector('img') }
}

describe('a cover', () => {
  beforeEach(() => {
    localStorage.clear()
    place = document.createElement('div')
  })
  afterEach(() => app.unmount())

  it('is drawn with the name of a title that has none', () => {
    show({ ...TITLE, image_url: null })
    expect(seen()).toEqual({ drawn: true, remote: false })
    expect(place.textContent).toContain('Death')
  })

  it('has only initials where it is small', () => {
    show({ ...TITLE, image_url: null }, 'small')
    expect(place.textContent?.trim()).toBe('DN')
  })

  it('is the remote one as soon as that has loaded, and drawn until then', async () => {
    show(TITLE)
    expect(seen()).toEqual({ drawn: true, remote: true })
    await happens('load')
    expect(seen()).toEqual({ drawn: false, remote: true })
  })

  it('sends no referrer, and is hidden from screen readers', () => {
    show(TITLE)
    const image = place.querySelector('img')
    expect(image?.getAttribute('referrerpolicy')).toBe('no-referrer')
    expect(image?.getAttribute('alt')).toBe('')
    expect(place.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true')
  })

  it('stays drawn where the remote one does not load', async () => {
    show(TITLE)
    await happens('error')
    expect(seen()).toEqual({ drawn: true, remote: false })
  })

  it('is drawn again once remote covers are switched off', async () => {
    show(TITLE)
    await happens('load')
    app.runWithContext(() => (usePreferences().remoteCovers = false))
    await nextTick()
    expect(seen()).toEqual({ drawn: true, remote: false })
  })
})
