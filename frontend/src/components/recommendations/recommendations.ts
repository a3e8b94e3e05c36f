// The query for recommendations, in sync with the list, the knobs and what was done lately.
import { useQuery } from '@pinia/colada'
import { computed, type Ref, shallowRef, watch } from 'vue'

import { answered, api, ApiError } from '@/api/client'
import type { components } from '@/api/schema'
import { type Act, textOf } from '@/events/session'
import { type Knobs, requestOf } from '@/knobs'
import { type ProfileKey, withProfile } from '@/lists/profile'
import { useEvents } from '@/stores/events'
import type { ListBody } from '@/stores/list'
import { MOST, type Page, STEP, usePage } from '@/stores/page'

type Request = components['schemas']['RecommendationRequest']

const MAX_EXCLUDED = 5_000 // as the API takes
const KEPT_MS = 120_000
const NEW = 12 // titles below those that stay

interface Wanted {
  body: ListBody
  self: ProfileKey | null // of the profile that the list is saved as
  excludeIds: readonly number[]
  knobs: Knobs
  limit: number
  sessionId: string | null // null: what is done with the page is not sent
  acts: readonly Act[] // that the page answers to
}

/**
 * @param wanted null: nothing to ask for yet.
 * @returns `page`: the last that came, until the next one does; `error`: why that did not come.
 */
export function useRecommendations(wanted: Readonly<Ref<Wanted | null>>) {
  const events = useEvents()
  const pages = usePage()
  const request = computed(() => wanted.value && requestFor(wanted.value))
  const topic = computed(() => JSON.stringify({ ...request.value?.body, exclude_ids: [], limit: 0 }))
  const acts = computed(() => wanted.value?.acts ?? [])
  const { data, error, isLoading, refetch } = useQuery({
    key: () => ['recommendations', request.value?.body ?? null, textOf(acts.value)],
    enabled: () => request.value !== null,
    gcTime: KEPT_MS,
    query: async ({ signal }): Promise<Page> => {
      if (!request.value) throw new Error('There is nothing to ask for.') // `enabled` sees to it
      const { body, headers } = request.value
      const current = { topic: topic.value, acts: acts.value, limit: wanted.value?.limit ?? STEP }
      let answering = {}
      let keep: number[] = []
      await unlessAborted(current.acts.length ? events.arrive() : events.undone(), signal)
      if (current.acts.length) {
        keep = pages.read(current.topic).slice(0, MOST - NEW)
        const limit = Math.min(MOST, Math.max(current.limit, keep.length + NEW))
        answering = { limit, ...(keep.length && { keep }) }
      }
      try {
        const sent = api.POST('/api/v1/recommendations', { body: { ...body, ...answering }, headers, signal })
        const answer = await answered(sent)
        const kept = new Set(keep)
        const firstNew = answer.items.findIndex(({ anime_id }) => !kept.has(anime_id))
        return {
          topic: current.topic,
          acts: current.acts,
          answer,
          kept: firstNew < 0 ? answer.items.length : firstNew,
        }
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error
        throw new ApiError('This catalog has none of the titles on this list.', 404)
      }
    },
  })
  const page = shallowRef<Page>()
  watch(topic, (now) => (page.value ??= pages.current?.topic === now ? pages.current : undefined), {
    immediate: true,
  })
  watch(
    data,
    (came) => {
      if (!came) return
      pages.show(came)
      page.value = came
    },
    { immediate: true },
  )
  return { page, error, isLoading, refetch }
}

/** Settles as the promise does, or at once when nobody waits for it: a query that stays pending is not begun again. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    promise.then(resolve, reject)
  })
}

function requestFor({ body, self, excludeIds, knobs, limit, sessionId }: Wanted) {
  const isEmpty = !body.ratings.length && !body.watched_ids.length
  const request = {
    ...requestOf(isEmpty ? { ...knobs, algorithm: null, weights: null } : knobs), // the API's default knows what to do without a list
    ...body,
    exclude_ids: excludeIds.slice(-MAX_EXCLUDED),
    limit,
    explain: true,
    ...(sessionId && { session_id: sessionId }),
  }
  return withProfile(request as Request, self) // the API may have more algorithms and filters than its types
}
