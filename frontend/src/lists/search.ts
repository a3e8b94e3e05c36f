// Title search as a person types; only the answer to the latest text counts.
import { computed, type Ref, ref, shallowRef, watch } from 'vue'

import { answered, api, type FoundItem } from '@/api/client'

const WAIT_MS = 150
const LIMIT = 8

const SURE: readonly FoundItem['match'][] = ['exact', 'prefix', 'word_prefix']

/** Whether the text is, or begins, a name of the title or a word in one: else another title may be meant. */
export function isSure({ match }: Pick<FoundItem, 'match'>): boolean {
  return SURE.includes(match)
}

/**
 * What `text` finds. Titles found before stay until the next answer, `isPending` meanwhile.
 *
 * @param nsfw whether adult titles are found too.
 */
export function useTitleSearch(text: Readonly<Ref<string>>, nsfw: () => boolean) {
  const found = shallowRef<FoundItem[]>([])
  const foundFor = ref('') // the text that `found` answers
  const failure = ref<string | null>(null)
  const attempts = ref(0)
  const wanted = computed(() => text.value.trim())
  const isPending = computed(() => failure.value === null && wanted.value !== foundFor.value)

  async function ask(query: string, signal: AbortSignal): Promise<void> {
    try {
      const page = await answered(
        api.GET('/api/v1/anime', { params: { query: { query, limit: LIMIT, nsfw: nsfw() } }, signal }),
      )
      if (signal.aborted) return
      found.value = page.items
      foundFor.value = query
    } catch (error) {
      if (signal.aborted) return
      found.value = []
      failure.value = error instanceof Error ? error.message : String(error)
    }
  }

  watch([wanted, attempts, nsfw], ([query], _before, onCleanup) => {
    failure.value = null
    if (!query) {
      found.value = []
      foundFor.value = ''
      return
    }
    const controller = new AbortController()
    const timer = setTimeout(() => ask(query, controller.signal), WAIT_MS)
    onCleanup(() => {
      clearTimeout(timer)
      controller.abort()
    })
  })

  return { found, failure, isPending, retry: () => attempts.value++ }
}
