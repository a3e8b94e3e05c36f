// A list in a link: after the `#`, which browsers do not send, so that it reaches no server's log.
// `#list=1535.9~2167~9253.s`: ids, each liked, with a rating, or seen without an opinion.
import type { ListedTitle, Opinion } from './stores/list'

export type SharedEntry = Pick<ListedTitle, 'anime_id' | 'opinion'>

/** More make a link that messengers cut. */
export const MAX_SHARED = 200

export const PREFIX = '#list='
const MAX_ID = 2 ** 31 - 1
const PIECE = /^([1-9]\d{0,9})(?:\.([1-9]|10|s))?$/

/** The part of a link from its `#` on. Where there are too many titles, those with an opinion come first. */
export function toHash(titles: readonly SharedEntry[]): string {
  const byWorth = [...titles].sort((a, b) => Number(a.opinion === 'seen') - Number(b.opinion === 'seen'))
  return PREFIX + byWorth.slice(0, MAX_SHARED).map(piece).join('~')
}

/** The list in an address; null where it has none. Broken pieces and duplicates are skipped. */
export function fromHash(hash: string): SharedEntry[] | null {
  if (!hash.startsWith(PREFIX)) return null
  const entries = new Map<number, SharedEntry>()
  for (const text of hash.slice(PREFIX.length).split('~')) {
    const [, id, opinion] = PIECE.exec(text) ?? []
    const anime_id = Number(id)
    if (anime_id <= MAX_ID && !entries.has(anime_id))
      entries.set(anime_id, { anime_id, opinion: read(opinion) })
    if (entries.size === MAX_SHARED) break
  }
  return entries.size ? [...entries.values()] : null
}

function piece({ anime_id, opinion }: SharedEntry): string {
  if (opinion === 'liked') return String(anime_id)
  return `${anime_id}.${opinion === 'seen' ? 's' : opinion}`
}

function read(text: string | undefined): Opinion {
  if (text === undefined) return 'liked'
  return text === 's' ? 'seen' : Number(text)
}
