// A shared list in the address of the page; the visitor's own list stays untouched.
import { useQuery } from '@pinia/colada'
import { computed, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { fetchTitles } from '@/lists/titles'
import { fromHash, PREFIX, type SharedEntry } from '@/share'
import { type ListedTitle, listedTitle } from '@/stores/list'
import { useNotices } from '@/stores/notices'

/** @param nsfw whether adult titles of the list may be named. */
export function useSharedList(nsfw: () => boolean) {
  const route = useRoute()
  const router = useRouter()
  const notices = useNotices()
  const page = route.name
  const entries = shallowRef<SharedEntry[] | null>(null)
  watch(
    () => route.hash,
    (hash) => {
      if (route.name !== page) return
      const found = fromHash(hash)
      if (!found && hash.startsWith(PREFIX)) notices.show({ text: 'We couldn’t read a list in that link.' })
      if (found || !hash) entries.value = found // another hash leads to a place on the page
    },
    { immediate: true },
  )

  const ids = computed(() => entries.value?.map(({ anime_id }) => anime_id) ?? [])
  const { data, error, isLoading, refetch } = useQuery({
    key: () => ['shared', ids.value, nsfw()],
    enabled: () => ids.value.length > 0,
    query: ({ signal }) => fetchTitles(ids.value, signal, nsfw()),
  })
  /** Those that this catalog has, in the order of the link; null until they are there. */
  const titles = computed<ListedTitle[] | null>(() => {
    if (!data.value || !entries.value) return null
    const items = data.value
    return entries.value.flatMap(({ anime_id, opinion }) => {
      const item = items.get(anime_id)
      return item ? [listedTitle(item, opinion)] : []
    })
  })

  async function leave(): Promise<void> {
    await router.push({ query: route.query })
  }

  return { entries, titles, error, isLoading, refetch, leave }
}
