// Changes to one's list that can be taken back.
import { type ListedTitle, useList } from '@/stores/list'
import { useNotices } from '@/stores/notices'

import { MAX_TITLES, titles } from './brought'

export function useListChanges() {
  const list = useList()
  const notices = useNotices()

  function told(text: string, undo: () => void): void {
    notices.show({ text, action: { label: 'Undo', run: undo } })
  }

  /** Put titles back where they were, with whatever came since before them. */
  function restore(before: readonly ListedTitle[]): void {
    const kept = new Set(before.map((title) => title.anime_id))
    list.replace([...list.titles.filter((title) => !kept.has(title.anime_id)), ...before])
  }

  function remove(title: ListedTitle): void {
    const at = list.titles.findIndex((listed) => listed.anime_id === title.anime_id)
    list.remove(title.anime_id)
    told(`“${title.name}” is off your list.`, () => {
      if (list.opinions.has(title.anime_id)) return
      list.replace([...list.titles.slice(0, at), title, ...list.titles.slice(at)])
    })
  }

  function clear(): void {
    const before = [...list.titles]
    list.replace([])
    told(`Your list is empty; ${titles(before.length)} removed.`, () => restore(before))
  }

  /** Add to the list; what is listed already takes the opinion that comes, where one does. */
  function add(entries: readonly ListedTitle[]): boolean {
    const before = [...list.titles]
    const isNew = (title: ListedTitle): boolean => !list.opinions.has(title.anime_id)
    if (before.length + entries.filter(isNew).length > MAX_TITLES) return tooMany()
    const added = list.merge(
      entries.map((title) => ({
        ...title,
        opinion: title.opinion === 'seen' ? (list.opinions.get(title.anime_id) ?? 'seen') : title.opinion,
      })),
    )
    const known = entries.length - added
    const others = known ? `, ${titles(known)} of your list brought up to date` : ''
    told(`${titles(added)} added${others}.`, () => list.replace(before))
    return true
  }

  function replace(entries: readonly ListedTitle[]): boolean {
    if (entries.length > MAX_TITLES) return tooMany()
    const before = [...list.titles]
    list.replace(entries)
    told(`Your list now has the ${titles(entries.length)} you brought.`, () => list.replace(before))
    return true
  }

  function tooMany(): false {
    notices.show({ text: `A list has at most ${titles(MAX_TITLES)}. Nothing was changed.` })
    return false
  }

  return { remove, clear, add, replace }
}
