// Titles, and why they are recommended, in words.
import type { AnimeItem, Reason } from './api/client'
import { asCount, LOCALE } from './charts/numbers'

const all = new Intl.ListFormat(LOCALE, { type: 'conjunction' })
const any = new Intl.ListFormat(LOCALE, { type: 'disjunction' })

/** `1 episode`, `1,000 titles`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${asCount(count)} ${count === 1 ? one : many}`
}

/** `A, B, and C`. */
export function listed(names: readonly string[]): string {
  return all.format(names)
}

/** `A, B, or C`. */
export function listedAny(names: readonly string[]): string {
  return any.format(names)
}

/**
 * Reasons as sentences, the one that says most first.
 *
 * @param reasons as the API gives them: titles with the part of the score that is theirs, largest first.
 * @param isOwn whether the list is that of whoever reads it.
 */
export function sentences(reasons: readonly Reason[], isOwn = true): string[] {
  const you = isOwn ? 'you' : 'they'
  const your = isOwn ? 'your' : 'this'
  const liked = reasons.flatMap(({ kind, name }) => (kind === 'because_you_liked' && name ? [name] : []))
  const looked = reasons.flatMap(({ kind, name }) => (kind === 'because_you_looked_at' && name ? [name] : []))
  const people = reasons.find(({ kind }) => kind === 'people_with_your_taste')?.people ?? 0
  const franchise = reasons.find(({ kind }) => kind === 'same_franchise')?.name
  const studio = reasons.find(({ kind }) => kind === 'same_studio')
  const theme = reasons.find(({ kind }) => kind === 'theme')
  const themed = theme?.genres ?? []
  const genres = reasons.find(({ kind }) => kind === 'shared_genres')?.genres ?? []
  const others = genres.filter((genre) => !themed.includes(genre))
  const found: string[] = []
  if (franchise) found.push(`From the same franchise as ${franchise}, which ${you} liked`)
  if (studio?.studio && studio.name) found.push(`From ${studio.studio}, who also made ${studio.name}`)
  if (theme?.titles && theme.liked)
    found.push(`${listed(themed)}: ${theme.titles} of the ${counted(theme.liked, 'title')} ${you} like`)
  if (looked.length) found.push(`Because you just looked at ${listed(looked)}`)
  if (liked.length) found.push(`Because ${you} liked ${listed(liked)}`)
  if (people) found.push(`${counted(people, 'person', 'people')} with ${your} taste liked it`)
  if (others.length)
    found.push(`${listed(others)}: ${others.length > 1 ? 'genres' : 'a genre'} ${you} often like`)
  if (reasons.some(({ kind }) => kind === 'few_ratings'))
    found.push('Few people here have rated it yet; we picked it for what it’s like')
  return found
}

/** The English name, where that is another. */
export function otherName({ name, english }: Pick<AnimeItem, 'name' | 'english'>): string | null {
  return english?.toLowerCase() === name.toLowerCase() ? null : english
}

/** `TV · 2011 · 26 episodes`, as far as it is known. */
export function facts({ type, year, episodes }: Pick<AnimeItem, 'type' | 'year' | 'episodes'>): string {
  const length = episodes && episodes > 1 ? counted(episodes, 'episode') : null
  return [type, year, length].filter(Boolean).join(' · ')
}

/** The chance that a person likes a title, never 0% or 100%: `97%`. */
export function percent(probability: number): string {
  return `${Math.min(99, Math.max(1, Math.round(probability * 100)))}%`
}

/** For the attribute `lang` of a name, where its letters tell. */
export function langOf(name: string): 'ja' | 'ko' | undefined {
  if (/\p{Script=Hangul}/u.test(name)) return 'ko'
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(name) ? 'ja' : undefined
}
