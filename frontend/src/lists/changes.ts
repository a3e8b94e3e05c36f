// Changes to the list that can be undone.
import type { AnimeItem } from '@/api/client'
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import {
  type ListedTitle,
  type Lists,
  type Opinion,
  type ShortTitle,
  type Status,
  useList,
} from '@/stores/list'
import { type Place, useEvents } from '@/stores/events'
import { useNotices } from '@/stores/notices'

type Title = ShortTitle | AnimeItem

export function useListChanges() {
  const list = useList()
  const notices = useNotices()
  const events = useEvents()

  function told(text: string, undo: () => void): void {
    notices.show({ text, action: { label: 'Undo', run: undo } })
  }

  /** Returns the undo of a change to one title: it is where it was, and what else has changed since stays. */
  function undoOf(title: Title): () => void {
    const id = title.anime_id
    const at = (titles: readonly ShortTitle[]) => titles.findIndex(({ anime_id }) => anime_id === id)
    const [watchedAt, plannedAt] = [at(list.titles), at(list.planned)]
    const [watched, planned] = [list.titles[watchedAt], list.planned[plannedAt]]
    const wasHidden = list.hiddenIds.includes(id)
    return () => {
      list.remove(id)
      if (watched) list.replace({ titles: inserted(list.titles, watchedAt, watched) })
      if (planned) list.replace({ planned: inserted(list.planned, plannedAt, planned) })
      if (wasHidden) list.hide(title)
      else list.unhide(id)
    }
  }

  /** Add a title, with a message, or change the opinion of a listed one, without. */
  function rate(title: Title, opinion: Opinion): void {
    const isNew = !list.listed.has(title.anime_id)
    const undo = undoOf(title)
    if (!list.put(title, opinion) || !isNew) return
    told(`Added “${title.name}” to your list${opinion === 'liked' ? ' as liked' : ''}.`, undo)
  }

  /** Change the status of a listed title. */
  function setStatus(title: Title, status: Status): void {
    const entry = list.listed.get(title.anime_id)
    if (entry) list.put(title, entry.opinion, status)
  }

  function plan(title: Title): void {
    if (list.plannedIds.has(title.anime_id))
      return notices.show({ text: `“${title.name}” is already in Plan to watch.` })
    const undo = undoOf(title)
    if (list.plan(title)) told(`Added “${title.name}” to Plan to watch.`, undo)
  }

  /** Take a title off the list, watched or planned. */
  function remove(title: Title): void {
    const undo = undoOf(title)
    const isListed = () => list.listed.has(title.anime_id) || list.plannedIds.has(title.anime_id)
    const isPlanned = list.plannedIds.has(title.anime_id)
    if (!isListed()) return
    list.remove(title.anime_id)
    told(
      isPlanned ? `Removed “${title.name}” from Plan to watch.` : `Removed “${title.name}” from your list.`,
      () => isListed() || undo(), // added again since
    )
  }

  /** Never recommend a title. `place`: where it was recommended. */
  function hide(title: Title, place?: Place): void {
    const undo = undoOf(title)
    list.hide(title)
    events.record('dismiss', title, place)
    told(`We won’t recommend “${title.name}” again.`, () => {
      undo()
      void events.undo(title.anime_id, 'dismiss')
    })
  }

  function unhide(title: Title): void {
    list.unhide(title.anime_id)
    void events.undo(title.anime_id, 'dismiss')
    told(`“${title.name}” can be recommended again.`, () => hide(title))
  }

  /** Remove every watched title, or every planned one; undo restores them after those added since. */
  function clear(part: keyof Lists): void {
    const before = list[part]
    list.replace({ [part]: [] })
    const text = part === 'titles' ? 'Your list is empty' : 'You plan nothing now'
    told(`${text}: ${counted(before.length, 'title')} removed.`, () => {
      const kept = new Set(before.map((title) => title.anime_id))
      const since = list[part].filter((title) => !kept.has(title.anime_id))
      list.replace({ [part]: [...since, ...before] })
    })
  }

  /** Add to the list; listed titles take the new opinion and status, where there is one. */
  function add({ titles, planned }: Lists): boolean {
    const before = { titles: list.titles, planned: list.planned }
    const imported = new Map(
      titles.map((title) => [title.anime_id, merged(title, list.listed.get(title.anime_id))]),
    )
    const others = before.titles.filter((title) => !imported.has(title.anime_id))
    const newlyPlanned = planned.filter(
      ({ anime_id }) => !list.listed.has(anime_id) && !list.plannedIds.has(anime_id),
    )
    const next = { titles: [...imported.values(), ...others], planned: [...newlyPlanned, ...before.planned] }
    if (!list.replace(next)) return false
    const known = before.titles.length - others.length
    const parts = [
      `${counted(imported.size - known, 'title')} added`,
      known && `${asCount(known)} updated`,
      newlyPlanned.length && `${asCount(newlyPlanned.length)} planned`,
    ].filter(Boolean)
    told(`${parts.join(', ')}.`, () => list.replace(before))
    return true
  }

  /** Replace the list. Where nothing is planned in the new one, what is planned stays so. */
  function replace({ titles, planned }: Lists): boolean {
    const before = { titles: list.titles, planned: list.planned }
    if (!list.replace({ titles, ...(planned.length && { planned }) })) return false
    const plans = planned.length ? `, and ${asCount(planned.length)} that you plan to watch` : ''
    told(`Your list now has these ${counted(titles.length, 'title')}${plans}.`, () => list.replace(before))
    return true
  }

  return { rate, setStatus, plan, remove, hide, unhide, clear, add, replace }
}

/** What an import says of a title, and for the rest what the list has. */
function merged(title: ListedTitle, listed: ListedTitle | undefined): ListedTitle {
  const opinion = title.opinion === 'seen' ? (listed?.opinion ?? 'seen') : title.opinion
  const status = title.status ?? listed?.status
  return { ...title, opinion, ...(status && { status }) }
}

function inserted<T>(items: readonly T[], at: number, item: T): T[] {
  return [...items.slice(0, at), item, ...items.slice(at)]
}
