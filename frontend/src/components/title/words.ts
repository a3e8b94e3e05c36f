// What is known of a title, in words.
import { meanOf, modeOf, total } from '@/charts/histogram'
import { asCount, asMean, asShortCount } from '@/charts/numbers'
import { counted } from '@/reasons'

import type { TitleDetail } from './title'

interface Fact {
  name: string
  value: string
}

/** What there is to say of a title, in the order of interest. */
export function factsOf(title: TitleDetail): Fact[] {
  const mean = meanOf(title.rating_histogram)
  const facts: [string, string | null][] = [
    ['Type', title.type],
    ['Episodes', title.episodes ? asCount(title.episodes) : null],
    ['First aired', title.year ? String(title.year) : null],
    ['Mean rating here', mean === null ? null : `${asMean(mean)} of 10`],
    [
      'Liked by',
      title.watchers ? `${asCount(title.likes)} of ${counted(title.watchers, 'person', 'people')}` : null,
    ],
    ['MyAnimeList score', title.mal_score === null ? null : `${asMean(title.mal_score)} of 10`],
    ['MyAnimeList members', title.members ? asShortCount(title.members) : null],
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
}

/** A histogram in a sentence: how many, their mean, the most frequent rating. */
export function ratingsInWords({ rating_histogram, unrated }: TitleDetail): string {
  const mean = meanOf(rating_histogram)
  const mode = modeOf(rating_histogram)
  const others = unrated ? ` ${counted(unrated, 'more has', 'more have')} seen it without rating it.` : ''
  if (mean === null || mode === null) return `Nobody here has rated it yet.${others}`
  const people = counted(total(rating_histogram), 'person', 'people')
  return `${people} gave it ${asMean(mean)} on average, most often ${mode}.${others}`
}
