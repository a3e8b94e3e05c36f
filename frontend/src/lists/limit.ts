// The server's limit on the length of a list.
import { watch } from 'vue'

import { useCatalog } from '@/api/queries'
import { useList } from '@/stores/list'

/** For the whole app, once. */
export function useListLimit(): void {
  const list = useList()
  const { data } = useCatalog()
  watch(
    data,
    (catalog) => {
      if (catalog) list.limit = catalog.max_list_titles
    },
    { immediate: true },
  )
}
