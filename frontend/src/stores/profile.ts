// One's list on the server, where a person asked for that: kept in step with the list here, and opened by a token
// that only this browser and the links copied from it have.
import { useDebounceFn, useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref, watch } from 'vue'

import { answered, api, ApiError } from '@/api/client'
import { listOf, ProfileKey } from '@/lists/profile'
import { fetchTitles } from '@/lists/titles'

import { type ListedTitle, useList } from './list'
import { useNotices } from './notices'
import { stored } from './stored'

const WAIT_MS = 1_500
const ROUTE = '/api/v1/profiles/{user_id}'
// is_saved: the server has the list as it is here
const Profile = v.object({ ...ProfileKey.entries, is_saved: v.boolean() })

export const useProfile = defineStore('profile', () => {
  const list = useList()
  const notices = useNotices()
  const profile = stored('anime.profile', v.nullable(Profile), null)
  const isBusy = ref(false)
  const failure = ref<string | null>(null)
  let inStep: unknown = null // the list that needs no saving, as it came from the server

  const state = computed(() => {
    if (!profile.value) return 'none'
    if (failure.value) return 'failed'
    if (!profile.value.is_saved && !list.titles.length) return 'empty'
    return profile.value.is_saved && !isBusy.value ? 'saved' : 'saving'
  })

  /** Save the list under a new id. */
  async function create(): Promise<void> {
    const body = list.body
    await doing(async () => {
      const { user_id, token } = await answered(api.POST('/api/v1/profiles', { body }))
      profile.value = { user_id, token, is_saved: body === list.body }
    })
    if (profile.value && !profile.value.is_saved) saveSoon()
  }

  /** Put the list as it is now in the place of the saved one. */
  async function save(): Promise<void> {
    const held = profile.value
    // an empty list is not saved: the server keeps the last one
    if (!held || held.is_saved || isBusy.value || !list.titles.length) return
    const body = list.body
    await doing(async () => {
      await answered(api.PUT(ROUTE, { ...opening(held), body }))
      if (profile.value?.user_id === held.user_id) profile.value = { ...held, is_saved: body === list.body }
    }, held)
    if (!failure.value) saveSoon() // where the list has changed meanwhile
  }
  const saveSoon = useDebounceFn(save, WAIT_MS)

  /** The list of a profile; ApiError where it cannot be had. */
  async function read(key: ProfileKey): Promise<ListedTitle[]> {
    const saved = await answered(api.GET(ROUTE, opening(key)))
    const ids = [...saved.ratings.map((entry) => entry.anime_id), ...saved.watched_ids]
    return listOf(saved, await fetchTitles(ids))
  }

  /** Make a profile that was read the one of this browser; returns how to take that back. */
  function adopt(key: ProfileKey, titles: readonly ListedTitle[]): () => void {
    const before = { titles: [...list.titles], profile: profile.value }
    list.replace(titles)
    inStep = list.body
    failure.value = null
    profile.value = { ...key, is_saved: true }
    return () => {
      list.replace(before.titles)
      inStep = list.body
      profile.value = before.profile
    }
  }

  /** Delete it on the server; the list here stays. */
  async function erase(): Promise<boolean> {
    const held = profile.value
    if (!held) return false
    return doing(async () => {
      await answered(api.DELETE(ROUTE, opening(held)))
      profile.value = null
    }, held)
  }

  async function doing(work: () => Promise<void>, held?: ProfileKey): Promise<boolean> {
    isBusy.value = true
    failure.value = null
    try {
      await work()
      return true
    } catch (error) {
      if (held && profile.value?.user_id !== held.user_id) return false // erased meanwhile
      if (held && (await isGone(error, held))) {
        profile.value = null
        notices.show({
          text: 'Your profile is no longer on the server: it was deleted elsewhere. Your list is still here, in this browser.',
        })
      } else failure.value = error instanceof Error ? error.message : String(error)
      return false
    } finally {
      isBusy.value = false
    }
  }

  /** 404 may be about the titles instead: then the profile can still be read. */
  async function isGone(error: unknown, key: ProfileKey): Promise<boolean> {
    if (!(error instanceof ApiError)) return false
    if (error.status === 401) return true
    if (error.status !== 404) return false
    const { response } = await api.GET(ROUTE, opening(key)).catch(() => ({ response: null }))
    return response?.status === 401 || response?.status === 404
  }

  watch(
    () => list.body,
    (body) => {
      if (!profile.value || body === inStep) return
      profile.value = { ...profile.value, is_saved: false }
      saveSoon()
    },
  )
  useEventListener(window, 'online', save)
  void save() // what an earlier visit could not

  return { profile, state, failure, create, save, read, adopt, erase }
})

function opening({ user_id, token }: ProfileKey) {
  return { params: { path: { user_id } }, headers: { Authorization: `Bearer ${token}` } }
}
