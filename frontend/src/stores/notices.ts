// Short messages at the foot of the page, some with an action such as Undo.
import { defineStore } from 'pinia'
import { ref } from 'vue'

interface Notice {
  text: string
  action?: { label: 'Undo' | 'Try again' | 'Discard it'; run: () => void }
}

const SHOWN_MS = 8_000
const ACTION_SHOWN_MS = 20_000 // time to reach it

export const useNotices = defineStore('notices', () => {
  const current = ref<Notice | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  function show(notice: Notice): void {
    current.value = notice
    release()
  }

  /** Keep it while someone hovers over it or has focus in it. */
  function hold(): void {
    clearTimeout(timer)
  }

  /** Restart the countdown. */
  function release(): void {
    clearTimeout(timer)
    timer = setTimeout(dismiss, current.value?.action ? ACTION_SHOWN_MS : SHOWN_MS)
  }

  function dismiss(): void {
    clearTimeout(timer)
    current.value = null
  }

  return { current, show, hold, release, dismiss }
})
