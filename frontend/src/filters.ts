// Values of the filters that the API describes: in the address bar, in a request and in words.
import type { LocationQuery } from 'vue-router'

import type { paths } from './api/schema'
import { listed, listedAny } from './reasons'

type FiltersAnswer = paths['/api/v1/filters']['get']['responses'][200]['content']['application/json']
export type Filter = FiltersAnswer['items'][number]
export type FilterValue = string | number | boolean | readonly string[]

/** By the names of the filters; one that is absent is at its default. */
export type FilterValues = Readonly<Record<string, FilterValue>>
/** New values by the names of the filters; null: back to the default. */
export type FilterChanges = Readonly<Record<string, FilterValue | null>>

const EXCLUDE = '_exclude' // `genres_exclude` takes out what `genres` asks for
const FROM = '_from' // `year_from` and `year_to` are the ends of one range
const TO = '_to'
const MAX_NAMES = 50 // as the API takes
const MAX_NAME_LENGTH = 200
const NUMBER = /^\d{1,10}(\.\d{1,4})?$/

/** What an address gives for `key`; a key that is repeated reads like a list. */
export function textIn(query: LocationQuery, key: string): string {
  return [query[key]].flat().filter(Boolean).join(',')
}

/** The filters that an address sets; what is unknown or broken there counts as not given. */
export function filtersIn(query: LocationQuery, filters: readonly Filter[]): FilterValues {
  const values: Record<string, FilterValue> = {}
  for (const filter of filters) {
    const value = parsed(filter, textIn(query, filter.name))
    if (value !== undefined && String(value) !== String(filter.default ?? '')) values[filter.name] = value
  }
  return consistent(values)
}

/** Adult titles are asked for by a filter that matters elsewhere too, such as when searching. */
export function includesAdult(query: LocationQuery): boolean {
  return textIn(query, 'nsfw') === 'true'
}

export function withChanges(values: FilterValues, changes: FilterChanges): FilterValues {
  const entries = Object.entries({ ...values, ...changes })
  return consistent(
    Object.fromEntries(entries.flatMap(([name, value]) => (isSet(value) ? [[name, value]] : []))),
  )
}

/** The filter that excludes what `filter` asks for; both share a control. */
export function excludingOf({ name }: Filter, filters: readonly Filter[]): Filter | undefined {
  return filters.find((other) => other.name === name + EXCLUDE && other.control === 'multichoice')
}

export function isExcluding({ name }: Pick<Filter, 'name'>): boolean {
  return name.endsWith(EXCLUDE)
}

/** `TV and Movie`, `No Ecchi or Horror`, `Aired since 1990`. */
export function inWords({ name, label, control }: Filter, value: FilterValue): string {
  if (control === 'switch') return label
  if (control === 'number' || control === 'year') return `${label} ${String(value)}`
  const choices = [value].flat().map(String)
  return isExcluding({ name }) ? `No ${listedAny(choices)}` : listed(choices)
}

/** The API's description, which is part of a sentence, as a tooltip. */
export function tooltip({ description }: Filter): string {
  return description.charAt(0).toUpperCase() + description.slice(1)
}

/** The filters behind one count of an answer's `filtered`: `year` counts for `year_from` and `year_to`. */
export function filtersCountedAs(name: string, filters: readonly Filter[]): Filter[] {
  return filters.filter((filter) => [name, name + FROM, name + TO].includes(filter.name))
}

function parsed(filter: Filter, text: string): FilterValue | undefined {
  switch (filter.control) {
    case 'multichoice':
      return namesIn(text, filter)
    case 'choice':
      return spelled(text, filter)
    case 'number':
    case 'year':
      return numberIn(text, filter)
    case 'switch':
      return text === 'true' || (text === 'false' ? false : undefined)
    default:
      return undefined
  }
}

function namesIn(text: string, filter: Filter): string[] | undefined {
  const pieces = text.split(',').map((piece) => piece.trim())
  const names = pieces.filter((piece) => piece && piece.length <= MAX_NAME_LENGTH).slice(0, MAX_NAMES)
  const found = names.flatMap((name) => spelled(name, filter) ?? [])
  return found.length ? [...new Set(found)].sort() : undefined
}

/** A choice in the spelling of the API; where it has more than the choices, any other as it is. */
function spelled(text: string, { choices, has_more }: Filter): string | undefined {
  if (!choices) return text || undefined
  const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase())
  return found ?? (has_more && text ? text : undefined)
}

function numberIn(text: string, { minimum, maximum, step }: Filter): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const value = Number(text)
  if (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity)) return undefined
  const steps = step ? value / step : 0
  return Math.abs(steps - Math.round(steps)) < 1e-6 ? value : undefined
}

/** Lists sorted, nothing both wanted and excluded, both ends of a range in order. */
function consistent(values: FilterValues): FilterValues {
  const result: Record<string, FilterValue> = {}
  for (const [name, value] of Object.entries(values)) {
    const wanted = name.endsWith(EXCLUDE) ? values[name.slice(0, -EXCLUDE.length)] : undefined
    const kept =
      isNames(value) && isNames(wanted) ? value.filter((choice) => !wanted.includes(choice)) : value
    if (isSet(kept)) result[name] = isNames(kept) ? [...new Set(kept)].sort() : kept
  }
  for (const from of Object.keys(result).filter((name) => name.endsWith(FROM))) {
    const to = from.slice(0, -FROM.length) + TO
    const [low, high] = [result[from], result[to]]
    if (typeof low === 'number' && typeof high === 'number' && low > high)
      Object.assign(result, { [from]: high, [to]: low })
  }
  return result
}

function isNames(value: FilterValue | null | undefined): value is readonly string[] {
  return typeof value === 'object' && value !== null
}

function isSet(value: FilterValue | null): value is FilterValue {
  return value !== null && !(isNames(value) && !value.length)
}
