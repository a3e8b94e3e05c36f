// The knobs of recommendations, read from the address bar and turned into a request.
import type { LocationQuery } from 'vue-router'

import type { components, paths } from './api/schema'
import { type Filter, type FilterChanges, filtersIn, type FilterValues, textIn, withChanges } from './filters'

type Request = components['schemas']['RecommendationRequest']
type AlgorithmsAnswer = paths['/api/v1/algorithms']['get']['responses'][200]['content']['application/json']
export type Algorithm = AlgorithmsAnswer['items'][number]
export type Franchise = Request['franchise']
export type Weights = Readonly<Record<string, number>> // of algorithms, 0-1

export interface Knobs {
  algorithm: string | null // null: the first, which the API takes where none is named
  weights: Weights | null // of what the algorithm is made of; null: its own
  diversity: number // 0-1
  niche: number // 0-1
  franchise: Franchise
  filters: FilterValues
}

export type KnobChanges = Partial<Omit<Knobs, 'filters'>> & { filters?: FilterChanges }

/** What the API has to choose from; undefined: not known yet. */
export interface Offer {
  algorithms: readonly Algorithm[] | undefined
  filters: readonly Filter[] | undefined
}

export const DEFAULTS: Readonly<Knobs> = {
  algorithm: null,
  weights: null,
  diversity: 0,
  niche: 0,
  franchise: 'entry_point',
  filters: {},
}

export const FRANCHISE_NAMES: Readonly<Record<Franchise, string>> = {
  entry_point: 'Where to start, plus sequels to what you know',
  exclude: 'Only series that are new to you',
  allow: 'Anything, including sequels and specials',
}

const OWN_KEYS = ['algorithm', 'weights', 'diversity', 'niche', 'franchise']

/** The knobs of an address; what is unknown or broken there counts as not given. */
export function fromQuery(query: LocationQuery, { algorithms, filters }: Offer): Knobs {
  const franchise = textIn(query, 'franchise')
  const algorithm = algorithmIn(textIn(query, 'algorithm'), algorithms)
  return {
    algorithm,
    weights: weightsIn(textIn(query, 'weights'), blendOf(algorithm, algorithms)),
    diversity: shareIn(textIn(query, 'diversity')),
    niche: shareIn(textIn(query, 'niche')),
    franchise: Object.hasOwn(FRANCHISE_NAMES, franchise) ? (franchise as Franchise) : DEFAULTS.franchise,
    filters: filtersIn(query, filters ?? []),
  }
}

/** What differs from the defaults, always in the same order. */
export function toQuery({ filters, ...own }: Knobs): Record<string, string> {
  const set = (Object.keys(own) as (keyof typeof own)[]).filter((key) => own[key] !== DEFAULTS[key])
  const sorted = Object.keys(filters).sort()
  return Object.fromEntries([
    ...set.map((key) => [key, key === 'weights' ? textOf(own.weights ?? {}) : String(own[key])]),
    ...sorted.map((name) => [name, String(filters[name])]),
  ])
}

/** What of an address may be filters. */
export function filtersPart(query: LocationQuery): LocationQuery {
  return Object.fromEntries(Object.entries(query).filter(([key]) => !OWN_KEYS.includes(key)))
}

/** Another algorithm starts with its own weights, and so does one whose weights are all 0. */
export function changed(knobs: Knobs, { filters, ...own }: KnobChanges): Knobs {
  const wanted = { ...knobs, ...(own.algorithm !== undefined && { weights: null }), ...own }
  const weights = wanted.weights && hasAny(wanted.weights) ? wanted.weights : null
  return { ...wanted, weights, filters: withChanges(knobs.filters, filters ?? {}) }
}

/** An algorithm that is made of others, with its own weights and these; undefined: it is none. */
export function blendOf(algorithm: string | null, algorithms: Offer['algorithms'] = []) {
  const weights = algorithms.find(({ name }) => name === algorithm)?.weights
  return weights ? { weights, parts: algorithms.filter((other) => !other.weights) } : undefined
}

/** How many knobs are not at their default. */
export function countSet(knobs: Knobs): number {
  return Object.keys(toQuery(knobs)).length
}

/** The knobs' part of a request for recommendations. */
export function requestOf({ algorithm, weights, diversity, niche, franchise, filters }: Knobs) {
  return {
    ...(algorithm && { algorithm }),
    ...(weights && { weights }),
    diversity,
    niche,
    franchise,
    filters,
  }
}

function algorithmIn(text: string, algorithms: Offer['algorithms'] = []): string | null {
  const at = algorithms.findIndex(({ name }) => name === text)
  return at > 0 ? text : null
}

function weightsIn(text: string, blend: ReturnType<typeof blendOf>): Weights | null {
  const named = Object.fromEntries(text.split(',').map((part) => part.split(':', 2)))
  const weights = (blend?.parts ?? []).map(({ name }) => [name, shareIn(named[name] ?? '')] as const)
  const some = Object.fromEntries(weights.filter(([, weight]) => weight > 0))
  return hasAny(some) ? some : null
}

function textOf(weights: Weights): string {
  const some = Object.entries(weights).filter(([, weight]) => weight > 0)
  return some
    .map(([name, weight]) => `${name}:${weight}`)
    .sort()
    .join()
}

function hasAny(weights: Weights): boolean {
  return Object.values(weights).some((weight) => weight > 0)
}

function shareIn(text: string): number {
  const value = /^\d(\.\d{1,4})?$/.test(text) ? Math.round(Number(text) * 100) / 100 : NaN
  return value <= 1 ? value : 0
}
