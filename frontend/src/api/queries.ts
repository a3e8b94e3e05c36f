// What several pages ask the server for, asked once and kept.
import { useQuery } from '@pinia/colada'
import { type MaybeRefOrGetter, toValue } from 'vue'

import { answered, api } from './client'

/** What there is to choose from, with adult titles or without; and whether the people are generated. */
export function useCatalog(nsfw: MaybeRefOrGetter<boolean> = false) {
  return useQuery({
    key: () => ['catalog', toValue(nsfw)],
    query: ({ signal }) =>
      answered(api.GET('/api/v1/catalog', { params: { query: { nsfw: toValue(nsfw) } }, signal })),
    placeholderData: (previous) => previous,
    staleTime: 3_600_000,
  })
}

/** The algorithms, with a sentence on what each does. */
export function useAlgorithms() {
  return useQuery({
    key: ['algorithms'],
    query: ({ signal }) => answered(api.GET('/api/v1/algorithms', { signal })),
    staleTime: 3_600_000,
  })
}
