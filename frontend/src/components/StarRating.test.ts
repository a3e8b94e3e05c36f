import { expect, it } from 'vitest'
import { createApp, h, nextTick, ref } from 'vue'

import StarRating from './StarRating.vue'

it('shows another rating in the same place', async () => {
  const place = document.createElement('div')
  const value = ref(2)
  const app = createApp(() => h(StarRating, { value: value.value }))
  const errors: unknown[] = []
  app.config.errorHandler = (error) => errors.push(error)
  app.mount(place)
  expect(place.querySelectorAll('.full')).toHaveLength(2)
  value.value = 4
  await nextTick()
  expect(errors).toEqual([])
  expect(place.querySelectorAll('.full')).toHaveLength(4)
  app.unmount()
})
