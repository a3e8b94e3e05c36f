// The session: an id for this browser session, and what was done in it, so that it can be named and undone.
import * as v from 'valibot'
import { type Ref, shallowRef, watch } from 'vue'

const KEY = 'anime.session'
export const MOST_ACTS = 50 // as many as the server looks at

const Kind = v.picklist(['view', 'click', 'like', 'dismiss'])
const Act = v.object({
  ...{ anime_id: v.number(), name: v.string() },
  events: v.array(v.object({ event_id: v.string(), kind: Kind })),
})
const Session = v.object({ id: v.pipe(v.string(), v.uuid()), acts: v.array(Act) })

export type Kind = v.InferOutput<typeof Kind>
/** What was done with one title. */
export type Act = v.InferOutput<typeof Act>
/** `acts`: oldest first, one a title. */
export type Session = v.InferOutput<typeof Session>

export function newSession(): Session {
  return { id: uuid(), acts: [] }
}

/** The session of this tab, as it was before the page was loaded again. Replaced as a whole. */
export function storedSession(): Ref<Session> {
  const session = shallowRef(read() ?? newSession())
  watch(
    session,
    (now) => {
      try {
        sessionStorage.setItem(KEY, JSON.stringify(now))
      } catch {
        // then it lasts as long as the page
      }
    },
    { immediate: true, flush: 'sync' },
  )
  return session
}

function read(): Session | null {
  try {
    const parsed = v.safeParse(Session, JSON.parse(sessionStorage.getItem(KEY) ?? ''))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** Random; crypto.randomUUID is missing on pages that are not encrypted. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** What says most of what was done with a title: to see its page says nothing that a click has not. */
export function kindOf({ events }: Act): Kind {
  return events.filter(({ kind }) => kind !== 'view').at(-1)?.kind ?? 'view'
}

/** The same text for the same acts: what a list answers to. */
export function textOf(acts: readonly Act[]): string {
  return acts.map((act) => `${act.anime_id}.${kindOf(act)}`).join(' ')
}

/** A session in which one more thing was done. */
export function withEvent(
  session: Session,
  title: Pick<Act, 'anime_id' | 'name'>,
  kind: Kind,
  event_id: string,
): Session {
  const before = session.acts.find(({ anime_id }) => anime_id === title.anime_id)
  const act = {
    ...{ anime_id: title.anime_id, name: title.name },
    events: [...(before?.events ?? []), { event_id, kind }],
  }
  if (before && kind === 'view')
    return { ...session, acts: session.acts.map((one) => (one === before ? act : one)) }
  return { ...session, acts: [...session.acts.filter((one) => one !== before), act].slice(-MOST_ACTS) }
}

/** A session without some events; a title without any is gone. */
export function withoutEvents(session: Session, ids: ReadonlySet<string>): Session {
  if (!ids.size) return session
  const acts = session.acts.map((act) => ({
    ...act,
    events: act.events.filter(({ event_id }) => !ids.has(event_id)),
  }))
  return { ...session, acts: acts.filter(({ events }) => events.length) }
}
