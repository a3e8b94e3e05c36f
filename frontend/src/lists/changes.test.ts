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

it('does not bring a title back twice', () => {
  useListChanges().remove(title(2, 'seen'))
  useList().put(title(2), 5)
  undo()
  expect(ids()).toEqual([2, 1, 3])
  expect(useList().opinions.get(2)).toBe(5)
})

it('brings a cleared list back, and keeps what came since', () => {
  useListChanges().clear()
  useList().put(title(9), 'liked')
  undo()
  expect(ids()).toEqual([9, 1, 2, 3])
})

it('adds a list with its opinions, and takes it away again', () => {
  expect(useListChanges().add([title(2, 8), title(4, 6)])).toBe(true)
  expect(ids()).toEqual([2, 4, 1, 3])
  expect(useList().opinions.get(2)).toBe(8)
  expect(useNotices().current?.text).toBe('1 title added, 1 title of your list brought up to date.')
  undo()
  expect(ids()).toEqual([1, 2, 3])
  expect(useList().opinions.get(2)).toBe('seen')
})

it('keeps an opinion where a list only says that a title was seen', () => {
  useListChanges().add([title(1, 'seen'), title(2, 'seen'), title(4, 'seen')])
  expect([1, 2, 4].map((id) => useList().opinions.get(id))).toEqual([10, 'seen', 'seen'])
})

it('replaces the list, and puts it back', () => {
  useListChanges().replace([title(4)])
  expect(ids()).toEqual([4])
  undo()
  expect(ids()).toEqual([1, 2, 3])
})

it('changes nothing where a list would have too many titles', () => {
  const many = Array.from({ length: 4999 }, (_, at) => title(at + 10))
  expect(useListChanges().add(many)).toBe(false)
  expect(ids()).toEqual([1, 2, 3])
  expect(useNotices().current?.text).toContain('at most 5,000 titles')
})
