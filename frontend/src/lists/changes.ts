// Changes to the list that can be undone.
import type { AnimeItem } from '@/api/client'
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import { type ListedTitle, type Opinion, type ShortTitle, useList } from '@/stores/list'
import { useNotices } from '@/stores/notices'

type Title = ShortTitle | AnimeItem

export function useListChanges() {
  const list = useList()
  const notices = useNotices()

  function told(text: string, undo: () => void): void {
    notices.show({ text, action: { label: 'Undo', run: undo } })
  }

  /** Add a title, with a message, or change the opinion of a listed one, without. */
  function rate(title: Title, opinion: Opinion): void {
    const isNew = !list.opinions.has(title.anime_id)
    const wasHidden = list.hiddenIds.includes(title.anime_id)
    if (!list.put(title, opinion) || !isNew) return
    told(`Added “${title.name}” to your list${opinion === 'liked' ? ' as liked' : ''}.`, () => {
      list.remove(title.anime_id)
      if (wasHidden) list.hide(title)
    })
  }

  function remove({ anime_id }: Title): void {
    const at = list.titles.findIndex((listed) => listed.anime_id === anime_id)
    const title = list.titles[at]
    if (!title) return
    list.remove(anime_id)
    told(`Removed “${title.name}” from your list.`, () => {
      if (list.opinions.has(anime_id)) return
      list.replace([...list.titles.slice(0, at), title, ...list.titles.slice(at)])
    })
  }

  function hide(title: Title): void {
    list.hide(title)
    told(`We won’t recommend “${title.name}” again.`, () => list.unhide(title.anime_id))
  }

  function unhide(title: Title): void {
    list.unhide(title.anime_id)
    told(`“${title.name}” can be recommended again.`, () => list.hide(title))
  }

  /** Undo restores the titles after those added since. */
  function clear(): void {
    const before = list.titles
    list.replace([])
    told(`Your list is empty: ${counted(before.length, 'title')} removed.`, () => {
      const kept = new Set(before.map((title) => title.anime_id))
      list.replace([...list.titles.filter((title) => !kept.has(title.anime_id)), ...before])
    })
  }

  /** Add to the list; listed titles take the new opinion, if there is one. */
  function add(entries: readonly ListedTitle[]): boolean {
    const before = list.titles
    const opinionOf = ({ anime_id, opinion }: ListedTitle): Opinion =>
      opinion === 'seen' ? (list.opinions.get(anime_id) ?? 'seen') : opinion
    const imported = new Map(
      entries.map((title) => [title.anime_id, { ...title, opinion: opinionOf(title) }]),
    )
    const others = before.filter((title) => !imported.has(title.anime_id))
    if (!list.replace([...imported.values(), ...others])) return false
    const known = before.length - others.length
    const updated = known ? `, ${asCount(known)} updated` : ''
    told(`${counted(imported.size - known, 'title')} added${updated}.`, () => list.replace(before))
    return true
  }

  function replace(entries: readonly ListedTitle[]): boolean {
    const before = list.titles
    if (!list.replace(entries)) return false
    told(`Your list now has these ${counted(entries.length, 'title')}.`, () => list.replace(before))
    return true
  }

  return { rate, remove, hide, unhide, clear, add, replace }
}
