// Sentences about a person's taste.
import { asCount, asMean, asShare } from '@/charts/numbers'
import { counted, listed } from '@/reasons'

import type { Taste } from './taste'

type Genre = Taste['genres'][number]

const FEW = 3 // titles that a share needs before it says anything
const SAME = 0.15 // how far apart means are that a person would call the same

/** "412 titles, 380 of them rated, 7.9 on average." */
export function summary({ titles, rated, mean_rating }: Taste): string {
  if (mean_rating === null) return `${counted(titles, 'title')}, none of them rated yet.`
  return `${counted(titles, 'title')}, ${asCount(rated)} of them rated, ${asMean(mean_rating)} on average.`
}

/** The genres that set a list apart, as a sentence; null where none does. */
export function leanings(genres: readonly Genre[]): string | null {
  const apart = genres
    .filter(({ titles }) => titles >= FEW)
    .map(({ name, share, others_share }) => ({
      name,
      by: share - others_share,
      times: share / others_share,
    }))
  const more = apart.filter(({ by, times }) => by >= 0.05 && times >= 1.25).sort((a, b) => b.by - a.by)
  const less = apart.filter(({ by, times }) => by <= -0.05 && times <= 0.8).sort((a, b) => a.by - b.by)
  const parts: string[] = []
  if (more.length) parts.push(`more ${listed(more.slice(0, 3).map(({ name }) => name))}`)
  if (less.length) parts.push(`less ${listed(less.slice(0, 2).map(({ name }) => name))}`)
  return parts.length ? `Compared with other people, you watch ${parts.join(', and ')}.` : null
}

/** How strictly a person rates: their mean, and the mean of others for the same titles. */
export function strictness({
  mean_rating,
  others_mean_rating,
}: Pick<Taste, 'mean_rating' | 'others_mean_rating'>) {
  if (mean_rating === null || others_mean_rating === null) return null
  const difference = mean_rating - others_mean_rating
  const means = `${asMean(mean_rating)} on average; others gave the same titles ${asMean(others_mean_rating)}`
  if (Math.abs(difference) < SAME) return `You rate about like everyone else: ${means}.`
  const how = Math.abs(difference) < 0.6 ? 'a little' : Math.abs(difference) < 1.2 ? 'noticeably' : 'much'
  const way = difference > 0 ? 'more generously' : 'more strictly'
  return `You rate ${how} ${way} than others: ${means}.`
}

/** "Most of it is from the 2000s; the oldest from the 1980s." */
export function eras(decades: readonly { decade: number; share: number }[]): string | null {
  const share = Math.max(...decades.map((each) => each.share))
  const most = decades.filter((each) => each.share === share).map(({ decade }) => decade)
  if (!most.length) return null
  const oldest = Math.min(...decades.map(({ decade }) => decade))
  const ends = oldest < Math.min(...most) ? `; the oldest are from the ${oldest}s` : ''
  const names = listed(most.sort((a, b) => a - b).map((decade) => `${decade}s`))
  if (most.length > 1) return `Your top decades are the ${names} (${asShare(share)} each)${ends}.`
  const from = `from the ${names} (${asShare(share)})`
  return share > 0.5
    ? `Most of your titles are ${from}${ends}.`
    : `More of your titles are ${from} than from any other decade${ends}.`
}
