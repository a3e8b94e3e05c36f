// A person's taste, as the server tells it of their list.
import { useQuery } from '@pinia/colada'

import { answered, api } from '@/api/client'
import type { paths } from '@/api/schema'
import { useList } from '@/stores/list'

export type Taste = paths['/api/v1/taste']['post']['responses'][200]['content']['application/json']

/** Titles that a list needs before its taste says anything. */
export const ENOUGH = 3

/** Asked again when the list changes; what was last known stays until then. */
export function useTaste() {
  const list = useList()
  return useQuery({
    key: () => ['taste', JSON.stringify(list.body)],
    query: ({ signal }) =>
      answered(api.POST('/api/v1/taste', { body: { ...list.body, nsfw: false }, signal })),
    enabled: () => list.titles.length >= ENOUGH,
    placeholderData: (previous) => previous,
  })
}
