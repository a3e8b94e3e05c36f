// The saved profile: the list on the server, once a person asks for it, in sync with the list here and opened by a
// token.
import { useDebounceFn, useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref, shallowRef, watch } from 'vue'

import { answered, api, ApiError } from '@/api/client'
import { fingerprint, listOf, ProfileKey } from '@/lists/profile'
import { fetchTitles } from '@/lists/titles'

import { type Lists, useList } from './list'
import { useNotices } from './notices'
import { reread, stored } from './stored'

const WAIT_MS = 1_500
const ROUTE = '/api/v1/profiles/{user_id}'
// saved: the list that the server has, so that a list changed elsewhere is never taken for saved
const Profile = v.object({ ...ProfileKey.entries, saved: v.string() })
type Work = 'create' | 'save' | 'erase'

export const useProfile = defineStore('profile', () => {
  const list = useList()
  const notices = useNotices()
  const profile = stored('anime.profile', v.nullable(Profile), null)
  const busy = ref<Work | null>(null)
  // isLocked: the server does not take the token
  const failure = shallowRef<{ work: Work; text: string; isLocked: boolean } | null>(null)

  const current = computed(() => fingerprint(list))
  const isSaved = computed(() => profile.value?.saved === current.value)
  const state = computed(() => {
    if (busy.value === 'erase') return 'erasing'
    if (!profile.value) return busy.value ? 'saving' : 'none'
    if (failure.value) return 'failed'
    if (!isSaved.value && !list.titles.length) return 'empty'
    return isSaved.value && !busy.value ? 'saved' : 'saving'
  })
  watch(
    () => profile.value?.user_id,
    () => (failure.value = null),
  )
  watch(isSaved, (now) => {
    if (now && failure.value?.work === 'save') failure.value = null // another tab could
  })

  /** Save the list under a new id. */
  async function create(): Promise<void> {
    reread()
    if (profile.value || busy.value) return
    const { body } = list
    const saved = current.value
    await doing('create', async () => {
      const { user_id, token } = await answered(api.POST('/api/v1/profiles', { body }))
      profile.value = { user_id, token, saved }
    })
  }

  /** Replace the saved list with the current one. */
  async function save(): Promise<void> {
    reread() // another tab may have loaded another profile
    const held = profile.value
    // a list without a watched title is not saved: the server keeps the last one
    if (!held || isSaved.value || busy.value || !list.titles.length) return
    const { body } = list
    const saved = current.value
    await doing(
      'save',
      async () => {
        await answered(api.PUT(ROUTE, { ...opening(held), body }))
        if (isOpen(held)) profile.value = { ...held, saved }
      },
      held,
    )
  }
  const saveSoon = useDebounceFn(save, WAIT_MS)

  /** The list of a profile; ApiError where it cannot be had. */
  async function read(key: ProfileKey): Promise<Lists> {
    const saved = await answered(api.GET(ROUTE, opening(key)))
    const ids = [...saved.ratings.map((entry) => entry.anime_id), ...saved.watched_ids, ...saved.planned_ids]
    return listOf(saved, await fetchTitles(ids))
  }

  /** Make a profile the one of this browser; returns the undo. */
  function adopt({ user_id, token }: ProfileKey, { titles, planned }: Lists): () => void {
    const before = { titles: list.titles, planned: list.planned, profile: profile.value }
    if (!list.replace({ titles, planned }))
      throw new Error('This profile’s list is longer than a list can be here.')
    profile.value = { user_id, token, saved: current.value }
    return () => {
      list.replace({ titles: before.titles, planned: before.planned })
      profile.value = before.profile
    }
  }

  /** Delete it on the server; the list here stays. */
  async function erase(): Promise<boolean> {
    const held = profile.value
    if (!held || busy.value === 'erase') return false
    return doing(
      'erase',
      async () => {
        await answered(api.DELETE(ROUTE, opening(held)))
        if (isOpen(held)) profile.value = null
      },
      held,
    )
  }

  /** Forget it in this browser only. */
  function forget(): void {
    const held = profile.value
    profile.value = null
    notices.show({
      text: 'This browser has forgotten the profile. Nothing changed on the server.',
      action: { label: 'Undo', run: () => (profile.value ??= held) },
    })
  }

  async function doing(work: Work, act: () => Promise<void>, held?: ProfileKey): Promise<boolean> {
    busy.value = work
    failure.value = null
    try {
      await act()
      void saveSoon() // where the list has changed meanwhile
      return true
    } catch (error) {
      if (held && !isOpen(held)) return false // erased meanwhile
      if (held && (await isGone(error, held))) {
        profile.value = null
        notices.show({
          text: 'Your profile is no longer on the server; it was deleted somewhere else. Your list is still here in this browser.',
        })
      } else failure.value = { work, ...wordsFor(error) }
      return false
    } finally {
      if (busy.value === work) busy.value = null
    }
  }

  /** Whether it is still the profile of this browser, as the last tab to change it left it. */
  function isOpen(key: ProfileKey): boolean {
    reread()
    return profile.value?.user_id === key.user_id
  }

  list.$onAction(({ after }) => after(() => void saveSoon())) // of this tab: others save what is changed there
  useEventListener(window, 'online', save)
  // what another tab was closed too early for
  useEventListener(document, 'visibilitychange', save)
  void save() // what an earlier visit could not

  return { profile, state, failure, create, save, read, adopt, erase, forget }
})

/** 404 may be about the titles instead: then the profile can still be read. */
async function isGone(error: unknown, key: ProfileKey): Promise<boolean> {
  if (!(error instanceof ApiError) || error.status !== 404) return false
  const { response } = await api.GET(ROUTE, opening(key)).catch(() => ({ response: null }))
  return response?.status === 404
}

function wordsFor(error: unknown): { text: string; isLocked: boolean } {
  const isLocked = error instanceof ApiError && error.status === 401
  if (isLocked) {
    const text = 'The server doesn’t accept the key to this profile. The problem may be on our side.'
    return { text, isLocked }
  }
  return { text: error instanceof Error ? error.message : String(error), isLocked }
}

function opening({ user_id, token }: ProfileKey) {
  return { params: { path: { user_id } }, headers: { Authorization: `Bearer ${token}` } }
}
