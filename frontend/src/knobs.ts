// How a person wants their recommendations: as the address bar says it, and as the API takes it.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import type { components } from './api/schema'

type Request = components['schemas']['RecommendationRequest']
export type AlgorithmName = Request['algorithm']
export type Franchise = Request['franchise']

/** Named as in the API, and in the order of the address bar. */
export interface Knobs {
  algorithm: AlgorithmName
  diversity: number // 0-1
  niche: number // 0-1
  types: string[]
  genres: string[]
  genres_exclude: string[]
  year_from: number | null
  year_to: number | null
  min_score: number // 0-10
  franchise: Franchise
  nsfw: boolean
}

/** Those that narrow down a catalog without a list. */
export type Filters = Pick<Knobs, 'types' | 'genres' | 'genres_exclude' | 'year_from' | 'year_to'>

/** What the catalog has to choose from, as far as knobs name it. */
interface Choices {
  types: readonly { name: string }[]
  genres: readonly { name: string }[]
}

export const DEFAULTS: Readonly<Knobs> = {
  algorithm: 'hybrid',
  diversity: 0,
  niche: 0,
  types: [],
  genres: [],
  genres_exclude: [],
  year_from: null,
  year_to: null,
  min_score: 0,
  franchise: 'entry_point',
  nsfw: false,
}

/** Algorithms in a person's words; the server has the sentence on each. */
export const ALGORITHM_NAMES: Readonly<Record<AlgorithmName, string>> = {
  hybrid: 'Best of everything',
  'user-user': 'People with your taste',
  'item-item': 'Goes with what you like',
  ranker: 'Likely top marks',
  'content-based': 'Alike in kind',
  popular: 'Most popular',
}

export const FRANCHISE_NAMES: Readonly<Record<Franchise, string>> = {
  entry_point: 'Where to start; later parts of what you know',
  exclude: 'Only series that are new to you',
  allow: 'Anything, sequels and specials too',
}

const KEYS = Object.keys(DEFAULTS) as (keyof Knobs)[]
const MAX_NAMES = 50
const MAX_NAME_LENGTH = 200

/** The knobs of an address; what is unknown or broken there counts as not given. */
export function fromQuery(query: LocationQuery): Knobs {
  // one that is repeated reads like a list
  const text = (key: keyof Knobs) => [query[key]].flat().filter(Boolean).join(',')
  return inOrder({
    algorithm: oneOf(ALGORITHM_NAMES, text('algorithm')) ?? DEFAULTS.algorithm,
    diversity: within(text('diversity'), 0, 1) ?? 0,
    niche: within(text('niche'), 0, 1) ?? 0,
    types: names(text('types')),
    genres: names(text('genres')),
    genres_exclude: names(text('genres_exclude')),
    year_from: year(text('year_from')),
    year_to: year(text('year_to')),
    min_score: within(text('min_score'), 0, 10) ?? 0,
    franchise: oneOf(FRANCHISE_NAMES, text('franchise')) ?? DEFAULTS.franchise,
    nsfw: text('nsfw') === 'true',
  })
}

/** What differs from the defaults. */
export function toQuery(knobs: Knobs): LocationQueryRaw {
  const ordered = inOrder(knobs)
  return Object.fromEntries(
    KEYS.filter((key) => isSet(ordered, key)).map((key) => [key, String(ordered[key])]),
  )
}

/** How many knobs are not where they begin. */
export function countSet(knobs: Knobs): number {
  return KEYS.filter((key) => isSet(knobs, key)).length
}

/** Whether the catalog must be known to tell if the filters name what it has. */
export function namesAnything({ types, genres, genres_exclude }: Filters): boolean {
  return types.length + genres.length + genres_exclude.length > 0
}

/** The same without genres and types that the catalog does not have, and with its spelling. */
export function known<Some extends Filters>(filters: Some, { types, genres }: Choices): Some {
  return inOrder({
    ...filters,
    types: spelled(filters.types, types),
    genres: spelled(filters.genres, genres),
    genres_exclude: spelled(filters.genres_exclude, genres),
  })
}

/** The knobs' part of a request for recommendations. */
export function requestOf(
  knobs: Knobs,
): Pick<Request, 'algorithm' | 'diversity' | 'niche' | 'franchise' | 'filters'> {
  const { algorithm, diversity, niche, franchise, ...filters } = knobs
  return { algorithm, diversity, niche, franchise, filters: { ...filters, min_members: 0 } }
}

/** Names sorted and once each, none both wanted and left out, the earlier year first. */
function inOrder<Some extends Filters>(filters: Some): Some {
  const { year_from: from, year_to: to } = filters
  const [year_from, year_to] = from !== null && to !== null && from > to ? [to, from] : [from, to]
  const genres = sorted(filters.genres)
  const genres_exclude = sorted(filters.genres_exclude).filter((genre) => !genres.includes(genre))
  return { ...filters, types: sorted(filters.types), genres, genres_exclude, year_from, year_to }
}

function isSet(knobs: Knobs, key: keyof Knobs): boolean {
  return String(knobs[key] ?? '') !== String(DEFAULTS[key] ?? '')
}

function oneOf<Name extends string>(all: Readonly<Record<Name, string>>, text: string): Name | undefined {
  return Object.hasOwn(all, text) ? (text as Name) : undefined
}

function within(text: string, low: number, high: number): number | undefined {
  const value = /^\d{1,4}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 100) / 100 : NaN
  return value >= low && value <= high ? value : undefined
}

function year(text: string): number | null {
  const value = within(text, 1900, 2200)
  return value !== undefined && Number.isInteger(value) ? value : null
}

function names(text: string): string[] {
  const pieces = text.split(',').map((piece) => piece.trim())
  return pieces.filter((piece) => piece && piece.length <= MAX_NAME_LENGTH).slice(0, MAX_NAMES)
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

function spelled(values: readonly string[], all: Choices['genres']): string[] {
  const spellings = new Map(all.map(({ name }) => [name.toLowerCase(), name]))
  return values.flatMap((value) => spellings.get(value.toLowerCase()) ?? [])
}
