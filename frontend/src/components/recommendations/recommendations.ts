// The query for recommendations, in sync with the list and the knobs.
import { useQuery } from '@pinia/colada'
import { computed, type Ref, ref, shallowRef, watch } from 'vue'

import { answered, api, ApiError } from '@/api/client'
import type { components } from '@/api/schema'
import { type Knobs, requestOf } from '@/knobs'
import { type ProfileKey, withProfile } from '@/lists/profile'
import type { ListBody } from '@/stores/list'

type Request = components['schemas']['RecommendationRequest']
export type Answer = components['schemas']['RecommendationAnswer']

export const STEP = 24
export const MOST = 100 // as the API takes
/** How many titles are asked for; kept while another page is looked at, so that going back leads to the same place. */
export const shown = ref(STEP)

const MAX_EXCLUDED = 5_000 // as the API takes
const KEPT_MS = 120_000

interface Wanted {
  body: ListBody
  self: ProfileKey | null // of the profile that the list is saved as
  excludeIds: readonly number[]
  knobs: Knobs
  limit: number
}

/**
 * @param wanted null: nothing to ask for yet.
 * @returns `answer`: the last that came, until the next one does; `error`: why that did not come.
 */
export function useRecommendations(wanted: Readonly<Ref<Wanted | null>>) {
  const request = computed(() => wanted.value && requestFor(wanted.value))
  const { data, error, isLoading, refetch } = useQuery({
    key: () => ['recommendations', request.value?.body ?? null],
    enabled: () => request.value !== null,
    gcTime: KEPT_MS,
    query: async ({ signal }) => {
      if (!request.value) throw new Error('There is nothing to ask for.') // `enabled` sees to it
      try {
        return await answered(api.POST('/api/v1/recommendations', { ...request.value, signal }))
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error
        throw new ApiError('This catalog has none of the titles on this list.', 404)
      }
    },
  })
  const answer = shallowRef<Answer>()
  watch(data, (came) => came && (answer.value = came), { immediate: true })
  return { answer, error, isLoading, refetch }
}

function requestFor({ body, self, excludeIds, knobs, limit }: Wanted) {
  const isEmpty = !body.ratings.length && !body.watched_ids.length
  const request = {
    ...requestOf(isEmpty ? { ...knobs, algorithm: null, weights: null } : knobs), // the API's default knows what to do without a list
    ...body,
    exclude_ids: excludeIds.slice(-MAX_EXCLUDED),
    limit,
    explain: true,
  }
  return withProfile(request as Request, self) // the API may have more algorithms and filters than its types
}
