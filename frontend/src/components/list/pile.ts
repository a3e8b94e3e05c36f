// The order in which to watch what is planned, as the API ranks it for the list.
import { useQuery } from '@pinia/colada'
import { computed } from 'vue'

import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'
import { withProfile } from '@/lists/profile'
import { useList } from '@/stores/list'
import { useProfile } from '@/stores/profile'

const MOST_RANKED = 5_000 // as the API takes
const MOST_ANSWERED = 100

/** Asked for once `isWanted`, and again when the list changes; the order before stays meanwhile. */
export function usePileOrder(isWanted: () => boolean) {
  const list = useList()
  const profile = useProfile()
  const request = computed(() => {
    const body = {
      ...list.body,
      candidates: list.body.planned_ids.slice(0, MOST_RANKED),
      limit: MOST_ANSWERED,
      explain: true,
      filters: { nsfw: true }, // whoever planned it may see it
    }
    // the defaults of the rest are left to the API
    return withProfile(body as unknown as components['schemas']['RecommendationRequest'], profile.profile)
  })
  return useQuery({
    key: () => ['pile', JSON.stringify(request.value.body)],
    query: ({ signal }) => answered(api.POST('/api/v1/recommendations', { ...request.value, signal })),
    enabled: () => isWanted() && list.planned.length > 0,
    placeholderData: (previous) => previous,
  })
}
