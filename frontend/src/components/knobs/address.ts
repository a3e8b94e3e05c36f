// The knobs of the page, kept in its address: a reload or a link brings the same ones back.
import { computed, ref, watch } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'

import { useAlgorithms, useFilters } from '@/api/queries'
import { changed, DEFAULTS, filtersPart, fromQuery, type KnobChanges, type Knobs, toQuery } from '@/knobs'

export function useKnobs() {
  const route = useRoute()
  const router = useRouter()
  const page = route.name
  const query = ref<LocationQuery>(route.query)
  watch(
    () => route.query,
    (now) => {
      if (route.name === page) query.value = now
    },
  )

  const { data: algorithms, error: noAlgorithms } = useAlgorithms()
  const { data: filters, error: noFilters } = useFilters()
  const knobs = computed(() =>
    fromQuery(query.value, { algorithms: algorithms.value?.items, filters: filters.value?.items }),
  )
  /** Whether everything in the address could be read by now. */
  const isReady = computed(
    () =>
      (!query.value.algorithm || Boolean(algorithms.value ?? noAlgorithms.value)) &&
      (!Object.keys(filtersPart(query.value)).length || Boolean(filters.value ?? noFilters.value)),
  )

  /** The address is replaced: going back leads to the page before, not through every position of a knob. */
  function set(wanted: Knobs): void {
    // what cannot be read without the filters stays until they are there
    query.value = { ...(filters.value ? {} : filtersPart(query.value)), ...toQuery(wanted) }
    void router.replace({ query: query.value, hash: route.hash })
  }

  return {
    knobs,
    isReady,
    change: (changes: KnobChanges) => set(changed(knobs.value, changes)),
    reset: () => set({ ...DEFAULTS }),
  }
}
