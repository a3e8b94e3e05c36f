// Facts and ratings of a title in words.
import { meanOf, modeOf, total } from '@/charts/histogram'
import { asCount, asMean, asShortCount } from '@/charts/numbers'
import { counted } from '@/reasons'

import type { TitleDetail } from './title'

interface Fact {
  name: string
  value: string
}

/** The known facts of a title, most interesting first. */
export function factsOf(title: TitleDetail): Fact[] {
  const mean = meanOf(title.rating_histogram)
  const facts: [string, string | null][] = [
    ['Type', title.type],
    ['Episodes', title.episodes ? asCount(title.episodes) : null],
    ['First aired', title.year ? String(title.year) : null],
    ['Average rating here', mean === null ? null : `${asMean(mean)} out of 10`],
    [
      'Liked by',
      title.watchers ? `${asCount(title.likes)} of ${counted(title.watchers, 'person', 'people')}` : null,
    ],
    ['MyAnimeList score', title.mal_score === null ? null : `${asMean(title.mal_score)} out of 10`],
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
  return `${people} gave it an average of ${asMean(mean)}, most often ${mode}.${others}`
}
