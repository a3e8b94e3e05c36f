import { afterEach, describe, expect, it, vi } from 'vitest'
import { type App, createApp, ref } from 'vue'

import CatalogSources from './CatalogSources.vue'

const SOURCE = {
  name: 'bangumi-data',
  label: 'bangumi-data',
  url: 'https://github.com/bangumi-data/bangumi-data',
  license: 'CC BY 4.0',
  license_url: 'https://creativecommons.org/licenses/by/4.0/',
  imported_at: '2026-01-31T02:20:04+00:00',
  age_days: 2,
}
const data = ref<object>()
vi.mock('@/api/queries', () => ({ useCatalog: () => ({ data }) }))

let app: App

function shown(sources: object[] | undefined): HTMLElement {
  data.value = sources && { sources }
  const place = document.createElement('div')
  app = createApp(CatalogSources)
  app.mount(place)
  return place
}

describe('the sources of the catalog', () => {
  afterEach(() => app.unmount())

  it('are named with license and age', () => {
    const place = shown([{ ...SOURCE, label: 'MyAnimeList API', age_days: 0 }, SOURCE])
    expect(place.textContent?.replace(/\s+/g, ' ').trim()).toBe(
      'Catalog: MyAnimeList API (license: CC BY 4.0), updated today; bangumi-data (license: CC BY 4.0), updated 2 days ago.',
    )
    const links = [...place.querySelectorAll('a')].map((link) => link.getAttribute('href'))
    expect(links.slice(2)).toEqual([SOURCE.url, SOURCE.license_url])
    expect(place.querySelector('time')?.getAttribute('datetime')).toBe(SOURCE.imported_at)
  })

  it('are not mentioned before they are known', () => {
    expect(shown(undefined).textContent).toBe('')
    expect(shown([]).textContent).toBe('')
  })
})
