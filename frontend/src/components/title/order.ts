// The watch order of a franchise, and the place of a list in it.
import type { components } from '@/api/schema'
import type { ListedTitle } from '@/stores/list'

export type OrderedTitle = components['schemas']['WatchOrderItem']

/**
 * The title to watch next: of the story line that is asked about, the first that is not in the list after the last
 * one that is, if that is finished; of a story that was not begun, its first. Extras do not count.
 *
 * @param order as the API gives it.
 * @param storyLine of the title that is looked at.
 * @param listed the watched titles by id.
 */
export function nextOf(
  order: readonly OrderedTitle[],
  storyLine: number | undefined,
  listed: ReadonlyMap<number, Pick<ListedTitle, 'status'>>,
): OrderedTitle | undefined {
  const parts = order.filter((title) => title.story_line === storyLine && !title.extra)
  const last = parts.reduce((found, { anime_id }, at) => (listed.has(anime_id) ? at : found), -1)
  const { status = 'completed' } = listed.get(parts[last]?.anime_id ?? 0) ?? {}
  return status === 'completed' ? parts[last + 1] : undefined
}

/** Whether a story begins with the title. */
export function isStart(order: readonly OrderedTitle[], title: OrderedTitle): boolean {
  return order.find(({ story_line, extra }) => story_line === title.story_line && !extra) === title
}

/** The titles by story. */
export function storiesOf(order: readonly OrderedTitle[]): OrderedTitle[][] {
  const lines = [...new Set(order.map(({ story_line }) => story_line))]
  return lines.map((line) => order.filter(({ story_line }) => story_line === line))
}

export const FEW = 8

/** The titles around the one that is looked at, as many as are shown at first. */
export function around(order: readonly OrderedTitle[], animeId: number): readonly OrderedTitle[] {
  const at = order.findIndex(({ anime_id }) => anime_id === animeId)
  const start = Math.max(0, Math.min(at - FEW / 2, order.length - FEW))
  return order.slice(start, start + FEW)
}
