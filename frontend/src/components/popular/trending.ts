// The query for trending titles.
import { useQuery } from '@pinia/colada'
import { useRoute } from 'vue-router'

import { answered, api } from '@/api/client'
import type { paths } from '@/api/schema'
import type { FilterValues } from '@/filters'

type Query = paths['/api/v1/trending']['get']['parameters']['query']

const MOST = 24

/** Today’s, most people first. Refetched when the filters change. */
export function useTrending(filters: () => FilterValues) {
  const route = useRoute()
  return useQuery({
    key: () => ['trending', JSON.stringify(filters())],
    query: async ({ signal }) => {
      const query = { ...filters(), window: 'day', limit: MOST } as Query // the API may have more filters than its types
      return (await answered(api.GET('/api/v1/trending', { params: { query }, signal }))).items
    },
    enabled: () => route.name === 'popular',
    placeholderData: (previous) => previous,
  })
}
