// What the catalog has to choose from, for the parts of a page that narrow it down.
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { useCatalog } from '@/api/queries'
import { type Filters, known, namesAnything } from '@/knobs'

/** Names for the controls, genres the most frequent first; until they are known, those that are `chosen`. */
export function useChoices(chosen: MaybeRefOrGetter<Filters>, nsfw: MaybeRefOrGetter<boolean> = false) {
  const { data: catalog } = useCatalog(nsfw)
  const types = computed(() => catalog.value?.types.map(({ name }) => name) ?? toValue(chosen).types)
  const genres = computed(() => {
    const { genres, genres_exclude } = toValue(chosen)
    if (!catalog.value) return [...genres, ...genres_exclude]
    return [...catalog.value.genres].sort((a, b) => b.titles - a.titles).map(({ name }) => name)
  })
  const firstYear = computed(() => catalog.value?.year_from ?? 1900)
  const lastYear = computed(() => catalog.value?.year_to ?? 2200)
  return { types, genres, firstYear, lastYear }
}

/** What of `given` the catalog has; `isReady`: whether that can be told by now. */
export function useKnown<Some extends Filters>(
  given: MaybeRefOrGetter<Some>,
  nsfw: MaybeRefOrGetter<boolean> = false,
) {
  const { data: catalog, error } = useCatalog(nsfw)
  const found = computed(() => {
    const filters = toValue(given)
    return catalog.value ? known(filters, catalog.value) : filters
  })
  const isReady = computed(() => !namesAnything(toValue(given)) || Boolean(catalog.value ?? error.value))
  return { found, isReady }
}
