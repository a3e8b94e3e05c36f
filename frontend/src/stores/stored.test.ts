import { createPinia, setActivePinia } from 'pinia'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { useNotices } from './notices'
import { reread, stored } from './stored'

const Numbers = v.array(v.number())
const open = () => stored('numbers', Numbers, [])
const text = (): string | undefined => useNotices().current?.text

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
})
afterEach(() => vi.restoreAllMocks())

it('writes at once, and reads at the next visit', () => {
  open().value = [1, 2]
  expect(localStorage.getItem('numbers')).toBe('[1,2]')
  expect(open().value).toEqual([1, 2])
})

it('follows what another tab writes under its own key only', () => {
  const numbers = open()
  localStorage.setItem('numbers', '[3]')
  window.dispatchEvent(new StorageEvent('storage', { key: 'other' }))
  expect(numbers.value).toEqual([])
  window.dispatchEvent(new StorageEvent('storage', { key: 'numbers' }))
  expect(numbers.value).toEqual([3])
  localStorage.setItem('numbers', '[4]')
  reread()
  expect(numbers.value).toEqual([4])
})

it('sets aside a value that it cannot read', () => {
  localStorage.setItem('numbers', '["x"]')
  expect(open().value).toEqual([])
  expect(localStorage.getItem('numbers.unreadable')).toBe('["x"]')
  expect(text()).toContain('so we set it aside')
})

it('overwrites no unreadable value without room to set it aside, until it is discarded', () => {
  localStorage.setItem('numbers', '["x"]')
  const set = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  const numbers = open()
  expect(text()).toContain('no room to set it aside')
  set.mockRestore()
  useNotices().dismiss()
  numbers.value = [1]
  expect(numbers.value).toEqual([1])
  expect(localStorage.getItem('numbers')).toBe('["x"]')
  expect(text()).toContain('no room to set it aside')
  useNotices().current?.action?.run()
  expect(localStorage.getItem('numbers')).toBe('[1]')
})

it('says that a change cannot be saved, and keeps it on the page', () => {
  const numbers = open()
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  numbers.value = [1]
  reread()
  expect(numbers.value).toEqual([1])
  expect(text()).toContain('doesn’t let the page save')
})
