// The taste behind a list, as the API sums it up.
import { useQuery } from '@pinia/colada'
import { computed } from 'vue'

import { answered, api } from '@/api/client'
import type { paths } from '@/api/schema'
import { withProfile } from '@/lists/profile'
import { useList } from '@/stores/list'
import { useProfile } from '@/stores/profile'

export type Taste = paths['/api/v1/taste']['post']['responses'][200]['content']['application/json']

/** Titles that a list needs before its taste is shown. */
export const ENOUGH = 3

/** Refetched when the list changes; the previous taste stays until the answer comes. */
export function useTaste() {
  const list = useList()
  const profile = useProfile()
  const request = computed(() => withProfile({ ...list.body, nsfw: false }, profile.profile))
  return useQuery({
    key: () => ['taste', JSON.stringify(request.value.body)],
    query: ({ signal }) => answered(api.POST('/api/v1/taste', { ...request.value, signal })),
    enabled: () => list.titles.length >= ENOUGH,
    placeholderData: (previous) => previous,
  })
}
