// Queries that several pages share.
import { useQuery } from '@pinia/colada'

import { answered, api } from './client'

const HOUR_MS = 3_600_000

/** Whether covers are served, whether the people are made up, and how long a list may be. */
export function useCatalog() {
  return useQuery({
    key: ['catalog'],
    query: ({ signal }) => answered(api.GET('/api/v1/catalog', { signal })),
    staleTime: HOUR_MS,
  })
}

/** The sites that the server asks for a list by username. */
export function useImportSites() {
  return useQuery({
    key: ['import-sites'],
    query: async ({ signal }) => (await answered(api.GET('/api/v1/imports', { signal }))).sites,
    staleTime: HOUR_MS,
  })
}

/** The algorithms, the API's default first, with a label and a sentence each. */
export function useAlgorithms() {
  return useQuery({
    key: ['algorithms'],
    query: ({ signal }) => answered(api.GET('/api/v1/algorithms', { signal })),
    staleTime: HOUR_MS,
  })
}

/** The filters, with the control and the choices of each. */
export function useFilters() {
  return useQuery({
    key: ['filters'],
    query: ({ signal }) => answered(api.GET('/api/v1/filters', { signal })),
    staleTime: HOUR_MS,
  })
}
