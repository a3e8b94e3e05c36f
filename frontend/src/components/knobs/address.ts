// The knobs of the page, kept in its address: a reload or a link brings the same ones back.
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { useCatalog } from '@/api/queries'
import { DEFAULTS, fromQuery, known, type Knobs, namesAnything, toQuery } from '@/knobs'

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

  const { data: catalog, error } = useCatalog(() => given.value.nsfw)
  const knobs = computed(() => (catalog.value ? known(given.value, catalog.value) : given.value))
  /** Whether what the knobs name is known to be there. */
  const isReady = computed(() => !namesAnything(given.value) || Boolean(catalog.value ?? error.value))

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
