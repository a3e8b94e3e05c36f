// Values that stay in this browser's storage, checked when they are read: an older version of the app, another
// tab or a person's own editing may have left anything there.
import { useStorage } from '@vueuse/core'
import * as v from 'valibot'
import type { Ref } from 'vue'

import { useNotices } from './notices'

/**
 * A reactive value kept under `key`, shared with other tabs.
 *
 * What does not fit `schema` is put aside under `key.unreadable`, not deleted, and `initial` takes its place.
 */
export function stored<T>(key: string, schema: v.GenericSchema<unknown, T>, initial: T): Ref<T> {
  const notices = useNotices()
  return useStorage<T>(key, initial, undefined, {
    writeDefaults: false,
    shallow: true, // replaced, never changed in place: watching each of thousands of titles is slow
    serializer: {
      read: (text) => {
        const parsed = v.safeParse(schema, parse(text))
        if (parsed.success) return parsed.output
        localStorage.setItem(`${key}.unreadable`, text)
        notices.show({ text: `What was saved here as “${key}” could not be read and was put aside.` })
        return structuredClone(initial)
      },
      write: (value) => JSON.stringify(value),
    },
    onError: () =>
      notices.show({ text: 'This browser does not let the page save: your list is gone when you close it.' }),
  }) as Ref<T>
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
