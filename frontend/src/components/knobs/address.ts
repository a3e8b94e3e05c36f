// The knobs of the page, kept in its address: a reload or a link brings the same ones back.
import { ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { DEFAULTS, fromQuery, type Knobs, toQuery } from '@/knobs'

import { useKnown } from './choices'

export function useKnobs() {
  const route = useRoute()
  const router = useRouter()
  const page = route.name
  const given = ref(fromQuery(route.query))
  watch(
    () => route.query,
    (query) => {
      if (route.name === page) given.value = fromQuery(query)
    },
  )

  const { found: knobs, isReady } = useKnown(given, () => given.value.nsfw)

  /** The address is replaced: going back leads to the page before, not through every position of a knob. */
  function set(wanted: Knobs): void {
    const query = toQuery(wanted)
    given.value = wanted
    void router.replace({ query, hash: route.hash })
  }

  return {
    knobs,
    isReady,
    change: (changes: Partial<Knobs>) => set({ ...knobs.value, ...changes }),
    reset: () => set({ ...DEFAULTS }),
  }
}
