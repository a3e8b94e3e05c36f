// Values that stay in this browser's storage, checked when they are read: an older version of the app, another
// tab or a person's own editing may have left anything there.
import { useEventListener } from '@vueuse/core'
import * as v from 'valibot'
import { computed, type Ref, shallowRef } from 'vue'

import { useNotices } from './notices'

/**
 * A reactive value kept under `key`, shared with other tabs; replaced as a whole, never changed in place.
 *
 * What does not fit `schema` is put aside under `key.unreadable`, not deleted, and `initial` takes its place. Where
 * there is no room for that, nothing is written until a person gives it up.
 */
export function stored<T>(key: string, schema: v.GenericSchema<unknown, T>, initial: T): Ref<T> {
  const notices = useNotices()
  const value = shallowRef(initial)
  let text: string | null = null // what the storage has
  let isHeld = false // the storage has the only copy of what cannot be read

  function read(): void {
    try {
      const now = localStorage.getItem(key)
      if (now === text) return
      text = now
    } catch {
      return cannotSave()
    }
    isHeld = false
    const parsed = text === null ? null : v.safeParse(schema, parse(text))
    if (parsed && !parsed.success) putAside(text as string)
    value.value = parsed?.success ? parsed.output : initial
  }

  function putAside(unreadable: string): void {
    try {
      localStorage.setItem(`${key}.unreadable`, unreadable)
      notices.show({ text: `What was saved here as “${key}” could not be read and was put aside.` })
    } catch {
      isHeld = true
      sayHeld()
    }
  }

  function sayHeld(): void {
    notices.show({
      text: `What was saved here as “${key}” cannot be read, and there is no room to put it aside. It stays, and nothing new is saved until you give it up.`,
      action: { label: 'Give it up', run: giveUp },
    })
  }

  function giveUp(): void {
    isHeld = false
    write()
  }

  function write(): void {
    if (isHeld) return sayHeld()
    const next = value.value === null ? null : JSON.stringify(value.value)
    try {
      if (next === null) localStorage.removeItem(key)
      else localStorage.setItem(key, next)
      text = next
    } catch {
      cannotSave()
    }
  }

  function cannotSave(): void {
    notices.show({ text: 'This browser does not let the page save: your list is gone when you close it.' })
  }

  read()
  useEventListener(window, 'storage', (event) => {
    if (event.key === key || event.key === null) read()
  })
  return computed({
    get: () => value.value,
    set: (next) => {
      value.value = next
      write()
    },
  })
}

/** Take over what other tabs have stored, where the page slept through it or has not heard of it yet. */
export function reread(): void {
  window.dispatchEvent(new StorageEvent('storage')) // without a key: any may have changed
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
