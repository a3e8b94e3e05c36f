import { createPinia, setActivePinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import { nextTick, shallowRef } from 'vue'

import { useList } from '@/stores/list'

import { useListLimit } from './limit'

const data = shallowRef<{ max_list_titles: number }>()
vi.mock('@/api/queries', () => ({ useCatalog: () => ({ data }) }))

it('follows the limit that the server states', async () => {
  setActivePinia(createPinia())
  useListLimit()
  expect(useList().limit).toBe(5_000)
  data.value = { max_list_titles: 300 }
  await nextTick()
  expect(useList().limit).toBe(300)
})
