import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'

import { useList } from '@/stores/list'
import { useNotices } from '@/stores/notices'

import { useListChanges } from './changes'
import { title } from './testing'

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  useList().replace([title(1, 10), title(2, 'seen'), title(3)])
})

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
  expect(useList().opinions.get(2)).toBe(5)
})

it('restores a cleared list and keeps later additions', () => {
  useListChanges().clear()
  useList().put(title(9), 'liked')
  undo()
  expect(ids()).toEqual([9, 1, 2, 3])
})

it('adds a list with its opinions, and undoes that', () => {
  expect(useListChanges().add([title(2, 8), title(4, 6)])).toBe(true)
  expect(ids()).toEqual([2, 4, 1, 3])
  expect(useList().opinions.get(2)).toBe(8)
  expect(useNotices().current?.text).toBe('1 title added, 1 updated.')
  undo()
  expect(ids()).toEqual([1, 2, 3])
  expect(useList().opinions.get(2)).toBe('seen')
})

it('keeps an opinion when an added list only says seen', () => {
  useListChanges().add([title(1, 'seen'), title(2, 'seen'), title(4, 'seen')])
  expect([1, 2, 4].map((id) => useList().opinions.get(id))).toEqual([10, 'seen', 'seen'])
})

it('replaces the list, and undoes that', () => {
  useListChanges().replace([title(4)])
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
  expect(useList().opinions.get(1)).toBe(4)
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
  expect(add([title(1, 4), title(5), title(6), title(7)])).toBe(false)
  refused()
  expect(replace([2, 3, 4, 5, 6, 7].map((id) => title(id)))).toBe(false)
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
