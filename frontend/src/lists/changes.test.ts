import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'

import { useList } from '@/stores/list'
import { useNotices } from '@/stores/notices'

import { useListChanges } from './changes'
import { short, title } from './testing'

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  useList().replace({ titles: [title(1, 10), title(2, 'seen'), title(3)] })
})

const opinionOf = (id: number) => useList().listed.get(id)?.opinion
const plannedIds = (): number[] => useList().planned.map((planned) => planned.anime_id)
const ids = (): number[] => useList().titles.map((listed) => listed.anime_id)
const undo = (): void => useNotices().current?.action?.run()

it('puts a removed title back in its place', () => {
  useListChanges().remove(title(2, 'seen'))
  expect(ids()).toEqual([1, 3])
  undo()
  expect(ids()).toEqual([1, 2, 3])
})

it('restores a title only once', () => {
  useListChanges().remove(title(2, 'seen'))
  useList().put(title(2), 5)
  undo()
  expect(ids()).toEqual([2, 1, 3])
  expect(opinionOf(2)).toBe(5)
})

it('restores a cleared list and keeps later additions', () => {
  useListChanges().clear('titles')
  useList().put(title(9), 'liked')
  undo()
  expect(ids()).toEqual([9, 1, 2, 3])
})

it('adds a list with its opinions, and undoes that', () => {
  expect(useListChanges().add({ titles: [title(2, 8), title(4, 6)], planned: [] })).toBe(true)
  expect(ids()).toEqual([2, 4, 1, 3])
  expect(opinionOf(2)).toBe(8)
  expect(useNotices().current?.text).toBe('1 title added, 1 updated.')
  undo()
  expect(ids()).toEqual([1, 2, 3])
  expect(opinionOf(2)).toBe('seen')
})

it('keeps an opinion when an added list only says seen', () => {
  useListChanges().add({ titles: [title(1, 'seen'), title(2, 'seen'), title(4, 'seen')], planned: [] })
  expect([1, 2, 4].map((id) => opinionOf(id))).toEqual([10, 'seen', 'seen'])
})

it('replaces the list, and undoes that', () => {
  useListChanges().replace({ titles: [title(4)], planned: [] })
  expect(ids()).toEqual([4])
  undo()
  expect(ids()).toEqual([1, 2, 3])
})

it('adds a title, and undoes that', () => {
  useListChanges().rate(title(4), 'liked')
  expect(ids()).toEqual([4, 1, 2, 3])
  undo()
  expect(ids()).toEqual([1, 2, 3])
})

it('changes an opinion without a message', () => {
  useListChanges().rate(title(1), 4)
  expect(opinionOf(1)).toBe(4)
  expect(useNotices().current).toBeNull()
})

it('hides a title again that was hidden before it was rated', () => {
  useList().hide(title(4))
  useListChanges().rate(title(4), 7)
  expect(useList().hiddenIds).toEqual([])
  undo()
  expect(useList().hiddenIds).toEqual([4])
})

it('hides and shows a title, each with an undo', () => {
  useListChanges().hide(title(4))
  expect(useList().hiddenIds).toEqual([4])
  undo()
  expect(useList().hiddenIds).toEqual([])
  useList().hide(title(4))
  useListChanges().unhide(title(4))
  undo()
  expect(useList().hiddenIds).toEqual([4])
})

it('refuses every change that would make the list too long', () => {
  const { add, replace, rate, remove } = useListChanges()
  const refused = (): void => {
    expect(useNotices().current?.text).toBe('A list can have at most 5 titles. Nothing was changed.')
    useNotices().dismiss()
  }
  useList().limit = 5
  expect(add({ titles: [title(1, 4), title(5), title(6), title(7)], planned: [] })).toBe(false)
  refused()
  expect(replace({ titles: [2, 3, 4, 5, 6, 7].map((id) => title(id)), planned: [] })).toBe(false)
  refused()
  expect(ids()).toEqual([1, 2, 3])
  rate(title(4), 'liked')
  rate(title(5), 'liked')
  rate(title(6), 'liked')
  refused()
  remove(title(1))
  const undoRemoval = useNotices().current?.action?.run
  useList().put(title(6), 'liked')
  undoRemoval?.()
  refused()
  expect(ids()).toEqual([6, 5, 4, 2, 3])
})

it('lets a list that is already too long be changed and shortened', () => {
  useList().limit = 2
  useListChanges().rate(title(1), 3)
  useListChanges().remove(title(2))
  expect(ids()).toEqual([1, 3])
})

it('plans a title, and undoes that', () => {
  useList().hide(title(4))
  useListChanges().plan(title(4))
  expect([plannedIds(), useList().hiddenIds]).toEqual([[4], []])
  undo()
  expect([plannedIds(), useList().hiddenIds]).toEqual([[], [4]])
})

it('says that a title is planned already', () => {
  useListChanges().plan(title(4))
  useListChanges().plan(title(4))
  expect(plannedIds()).toEqual([4])
  expect(useNotices().current?.text).toBe('“Title 4” is already in Plan to watch.')
})

it('plans nothing that is watched', () => {
  useList().plan(title(1))
  expect(plannedIds()).toEqual([])
})

it('moves a planned title to the list when it is rated, and back by undo', () => {
  useList().replace({ planned: [short(4), short(5), short(6)] })
  useListChanges().rate(short(5), 8)
  expect([ids(), plannedIds()]).toEqual([
    [5, 1, 2, 3],
    [4, 6],
  ])
  undo()
  expect([ids(), plannedIds()]).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
})

it.each(['remove', 'hide'] as const)('takes a title off the plan by %s, and back by undo', (change) => {
  useList().replace({ planned: [short(4), short(5), short(6)] })
  useListChanges()[change](short(5))
  expect(plannedIds()).toEqual([4, 6])
  undo()
  expect(plannedIds()).toEqual([4, 5, 6])
  expect(useList().hiddenIds).toEqual([])
})

it('clears what is planned, and nothing else', () => {
  useList().replace({ planned: [short(4)] })
  useListChanges().clear('planned')
  expect([ids(), plannedIds()]).toEqual([[1, 2, 3], []])
  undo()
  expect(plannedIds()).toEqual([4])
})

it('adds planned titles that are not watched, with what is planned already', () => {
  useList().replace({ planned: [short(4), short(5)] })
  useListChanges().add({ titles: [title(5, 7)], planned: [short(1), short(4), short(6)] })
  expect([ids(), plannedIds()]).toEqual([
    [5, 1, 2, 3],
    [6, 4],
  ])
  expect(useNotices().current?.text).toBe('1 title added, 1 planned.')
  undo()
  expect([ids(), plannedIds()]).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
})

it('replaces what is planned only where the new list plans anything', () => {
  useList().replace({ planned: [short(4)] })
  useListChanges().replace({ titles: [title(7)], planned: [] })
  expect([ids(), plannedIds()]).toEqual([[7], [4]])
  useListChanges().replace({ titles: [title(7)], planned: [short(8)] })
  expect(plannedIds()).toEqual([8])
})

it('keeps a status when the opinion changes, and takes that of an import', () => {
  useListChanges().add({ titles: [{ ...title(1, 'seen'), status: 'dropped' }], planned: [] })
  useListChanges().rate(title(1), 2)
  expect(useList().listed.get(1)).toMatchObject({ opinion: 2, status: 'dropped' })
  useListChanges().add({ titles: [title(1, 5)], planned: [] })
  expect(useList().listed.get(1)).toMatchObject({ opinion: 5, status: 'dropped' })
  useListChanges().setStatus(title(1), 'completed')
  expect(useList().listed.get(1)).toMatchObject({ opinion: 5, status: 'completed' })
})

it('counts planned titles against the limit', () => {
  useList().limit = 4
  useListChanges().plan(title(4))
  useListChanges().plan(title(5))
  expect(plannedIds()).toEqual([4])
  expect(useNotices().current?.text).toContain('at most 4 titles')
})
