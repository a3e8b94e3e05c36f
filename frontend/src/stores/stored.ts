// Values that stay in this browser's storage, checked when they are read: an older version of the app, another
// tab or a person's own editing may have left anything there.
import { useEventListener } from '@vueuse/core'
import * as v from 'valibot'
import { computed, type Ref, shallowRef } from 'vue'

import { useNotices } from './notices'

/**
 * A reactive value kept under `key`, shared with other tabs; replaced as a whole, never changed in place.
 *
 * A value that does not fit `schema` is moved to `key.unreadable`, not deleted, and `initial` takes its place. Where
 * there is no room for that, nothing is written until a person discards it.
 */
export function stored<T>(key: string, schema: v.GenericSchema<unknown, T>, initial: T): Ref<T> {
  const notices = useNotices()
  const value = shallowRef(initial)
  let text: string | null = null // what the storage has
  let isHeld = false // storage has the only copy of an unreadable value

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
    if (parsed && !parsed.success) setAside(text as string)
    value.value = parsed?.success ? parsed.output : initial
  }

  function setAside(unreadable: string): void {
    try {
      localStorage.setItem(`${key}.unreadable`, unreadable)
      notices.show({ text: `We couldn’t read what was saved as “${key}”, so we set it aside.` })
    } catch {
      isHeld = true
      sayHeld()
    }
  }

  function sayHeld(): void {
    notices.show({
      text: `We can’t read what was saved as “${key}”, and there’s no room to set it aside. Nothing new is saved until you discard it.`,
      action: { label: 'Discard it', run: discard },
    })
  }

  function discard(): void {
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
    notices.show({
      text: 'This browser doesn’t let the page save anything. Your list will be gone when you close it.',
    })
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

/** Read again what other tabs have stored: the page may have missed their events. */
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
