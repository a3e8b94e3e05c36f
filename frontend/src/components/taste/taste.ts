// A person's taste, as the server tells it of their list.
import { useQuery } from '@pinia/colada'
import { computed } from 'vue'

import { answered, api } from '@/api/client'
import type { paths } from '@/api/schema'
import { withSelf } from '@/api/self'
import { useList } from '@/stores/list'
import { useProfile } from '@/stores/profile'

export type Taste = paths['/api/v1/taste']['post']['responses'][200]['content']['application/json']

/** Titles that a list needs before its taste says anything. */
export const ENOUGH = 3

/** Asked again when the list changes; what was known before stays until the answer comes. */
export function useTaste() {
  const list = useList()
  const profile = useProfile()
  const request = computed(() => withSelf({ ...list.body, nsfw: false }, profile.profile))
  return useQuery({
    key: () => ['taste', JSON.stringify(request.value.body)],
    query: ({ signal }) => answered(api.POST('/api/v1/taste', { ...request.value, signal })),
    enabled: () => list.titles.length >= ENOUGH,
    placeholderData: (previous) => previous,
  })
}
