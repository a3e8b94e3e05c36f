// Facts and ratings of a title in words.
import { meanOf, modeOf, total } from '@/charts/histogram'
import { asCount, asMean, asShortCount, LOCALE } from '@/charts/numbers'
import type { LocationQueryRaw } from 'vue-router'

import { counted, listed } from '@/reasons'
import { asSeason } from '@/seasons'

import type { TitleDetail } from './title'

interface Fact {
  name: string
  value: string
  filters?: LocationQueryRaw // of other titles with it
}

const STATUSES = { finished: 'Finished airing', airing: 'Airing now', upcoming: 'Not aired yet' } as const
const AGE_RATINGS = {
  G: 'G (all ages)',
  PG: 'PG (children)',
  'PG-13': 'PG-13 (teens 13 or older)',
  R: 'R (17 or older)',
  'R+': 'R+ (mild nudity)',
  Rx: 'Rx (adults only)',
} as const
const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' })

/** The known facts of a title, most interesting first. */
export function factsOf(title: TitleDetail): Fact[] {
  const mean = meanOf(title.rating_histogram)
  const season = title.season && asSeason(title.season)
  const facts: [string, string | null, LocationQueryRaw?][] = [
    ['Type', title.type],
    ['Episodes', title.episodes ? asCount(title.episodes) : null],
    ['Length', lengthInWords(title)],
    ['Status', title.airing_status && STATUSES[title.airing_status]],
    ['Aired', airedInWords(title)],
    ['Season', season, { seasons: season }],
    ['Source', title.source, { sources: title.source }],
    ['Age rating', title.age_rating && AGE_RATINGS[title.age_rating]],
    ['Producers', title.producers.length ? listed(title.producers) : null],
    ['Average rating here', mean === null ? null : `${asMean(mean)} out of 10`],
    [
      'Liked by',
      title.watchers ? `${asCount(title.likes)} of ${counted(title.watchers, 'person', 'people')}` : null,
    ],
    ['MyAnimeList score', title.mal_score === null ? null : `${asMean(title.mal_score)} out of 10`],
    ['MyAnimeList members', title.members ? asShortCount(title.members) : null],
  ]
  return facts.flatMap(([name, value, filters]) =>
    value ? [{ name, value, ...(filters && { filters }) }] : [],
  )
}

function lengthInWords({ duration_minutes: minutes, episodes }: TitleDetail): string | null {
  if (!minutes) return null
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  const words = [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(' ')
  return episodes === 1 ? words : `${words} per episode`
}

/** `Apr 6, 2011 – Sep 14, 2011`, or the year. */
function airedInWords({ aired_from: from, aired_to: to, year }: TitleDetail): string | null {
  if (!from) return year ? String(year) : null
  const [first, last] = [dayInWords(from), to && dayInWords(to)]
  return last && last !== first ? `${first} – ${last}` : first
}

function dayInWords(text: string): string {
  const time = Date.parse(text)
  return text.length === 10 && !Number.isNaN(time) ? day.format(time) : text
}

/** A histogram in a sentence: how many, their mean, the most frequent rating. */
export function ratingsInWords({ rating_histogram, unrated }: TitleDetail): string {
  const mean = meanOf(rating_histogram)
  const mode = modeOf(rating_histogram)
  const others = unrated ? ` ${counted(unrated, 'more has', 'more have')} seen it without rating it.` : ''
  if (mean === null || mode === null) return `Nobody here has rated it yet.${others}`
  const people = counted(total(rating_histogram), 'person', 'people')
  return `${people} gave it an average of ${asMean(mean)}, most often ${mode}.${others}`
}
