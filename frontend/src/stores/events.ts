// What a person does with titles, told to the server so that the next recommendations answer to it: unless the person,
// or their browser, says no.
import { useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import { answered, api } from '@/api/client'
import { EventQueue } from '@/events/queue'
import {
  type Kind,
  kindOf,
  newSession,
  storedSession,
  uuid,
  withEvent,
  withoutEvents,
} from '@/events/session'

import { useNotices } from './notices'
import { usePreferences } from './preferences'

/** The page of recommendations that a title was on, and where. */
export interface Place {
  recommendationId: string | undefined
  position: number // from 1
}

interface Title {
  anime_id: number
  name: string
}

const NONE: ReadonlySet<string> = new Set()

export const useEvents = defineStore('events', () => {
  const preferences = usePreferences()
  const notices = useNotices()
  const session = storedSession()
  const late = shallowRef(NONE) // ids of events that did not arrive when they were sent
  const queue = new EventQueue(({ refused, waiting }) => {
    session.value = withoutEvents(session.value, refused)
    late.value = waiting
  })
  let undoing: Promise<unknown> = Promise.resolve()
  const places = new Map<number, Place | undefined>() // where titles were chosen, so that what is done next came of it

  /** Whether the browser asks not to be followed (Global Privacy Control). */
  const isRefused = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true
  const isOn = computed(() => preferences.shaping && !isRefused)
  const sessionId = computed(() => session.value.id)
  /** What the next recommendations answer to, oldest first; nothing that the server cannot know of. */
  const acts = computed(() => (isOn.value ? withoutEvents(session.value, late.value).acts : []))
  const liked = computed(
    () => new Set(acts.value.filter((act) => kindOf(act) === 'like').map(({ anime_id }) => anime_id)),
  )

  function record(kind: Kind | 'impression', title: Title, place?: Place): void {
    if (!isOn.value) return
    if (kind === 'click') places.set(title.anime_id, place)
    const from = place ?? places.get(title.anime_id)
    const event_id = uuid()
    if (!navigator.onLine) late.value = new Set([...late.value, event_id])
    if (kind !== 'impression') session.value = withEvent(session.value, title, kind, event_id)
    queue.add({
      ...{ event_id, kind, anime_id: title.anime_id, happened_at: new Date().toISOString() },
      ...{ session_id: session.value.id, user_id: null },
      ...{ recommendation_id: from?.recommendationId ?? null, position: from?.position ?? null },
    })
  }

  /** As if it had never been done, whatever was done with the title, or only one kind of it. */
  async function undo(animeId: number, kind?: Kind): Promise<void> {
    const before = session.value
    const events = before.acts.find(({ anime_id }) => anime_id === animeId)?.events ?? []
    const ids = new Set(events.filter((one) => !kind || one.kind === kind).map(({ event_id }) => event_id))
    if (!ids.size) return
    session.value = withoutEvents(before, ids)
    if (queue.take(ids) && !navigator.onLine) return
    const query = { session_id: before.id }
    const deleted = Promise.all(
      [...ids].map((event_id) =>
        answered(api.DELETE('/api/v1/events/{event_id}', { params: { path: { event_id }, query } })),
      ),
    )
    undoing = Promise.allSettled([undoing, deleted])
    try {
      await deleted
    } catch (error) {
      if (session.value.id === before.id) session.value = before
      notices.show({
        text: `That could not be undone. ${error instanceof Error ? error.message : ''}`,
        action: { label: 'Try again', run: () => void undo(animeId, kind) },
      })
    }
  }

  /** Wait until nothing on the server leans toward what was taken back. */
  async function undone(): Promise<void> {
    await undoing
  }

  /** Wait until the server knows of everything that was done and undone, as far as it can be reached. */
  async function arrive(): Promise<void> {
    await Promise.all([queue.flush(), undoing])
  }

  /** Delete the session on the server, and begin a new one. */
  async function forget(): Promise<void> {
    const { id } = session.value
    try {
      await answered(api.DELETE('/api/v1/sessions/{session_id}', { params: { path: { session_id: id } } }))
      queue.clear()
      places.clear()
      session.value = newSession()
      notices.show({ text: 'This session is forgotten.' })
    } catch (error) {
      notices.show({
        text: `This session could not be deleted. ${error instanceof Error ? error.message : ''}`,
        action: { label: 'Try again', run: () => void forget() },
      })
    }
  }

  watch(isOn, (on) => on || queue.clear(), { immediate: true, flush: 'sync' })
  useEventListener(window, 'online', () => void queue.flush())
  useEventListener(window, 'pagehide', () => void queue.flush())
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') void queue.flush()
  })

  return { isRefused, isOn, sessionId, acts, liked, record, undo, undone, arrive, forget }
})
