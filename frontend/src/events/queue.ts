// Events on their way to the server. They wait in this browser until they have arrived, also while it is offline; an
// event that is sent again has the same id, and counts once.
import * as v from 'valibot'

import { answered, api, ApiError } from '@/api/client'
import type { components } from '@/api/schema'

export type SentEvent = components['schemas']['SubmittedEvent'] & { session_id: string }

export const WAIT_MS = 4_000 // for more, so that they go together
export const BATCH = 20
export const RETRY_MS = 30_000
export const MOST = 300 // that wait; of more, the oldest are lost
const MOST_AT_ONCE = 100 // as the API takes

const KEY = 'anime.events'
const Waiting = v.array(
  v.looseObject({
    ...{ event_id: v.string(), kind: v.picklist(['view', 'click', 'like', 'dismiss', 'impression']) },
    ...{ anime_id: v.number(), happened_at: v.string(), session_id: v.string() },
  }),
)

interface Sent {
  refused: ReadonlySet<string> // ids of events that the server does not take
  waiting: ReadonlySet<string> // of those that could not be sent; empty: all have arrived
}

export class EventQueue {
  private tried = new Set<string>() // ids of events that may have arrived
  private timer: ReturnType<typeof setTimeout> | undefined
  private isFailing = false // what was sent last did not arrive
  private sending: Promise<void> | undefined
  private waiting: SentEvent[] = [] // where the browser stores nothing
  private canStore = true

  /** @param onSent hears what became of events. */
  constructor(private readonly onSent: (sent: Sent) => void = () => undefined) {
    if (this.read().length) this.soon(0) // what an earlier visit could not send
  }

  add(event: SentEvent): void {
    const waiting = [...this.read(), event].slice(-MOST)
    this.write(waiting)
    if (waiting.length >= BATCH && !this.isFailing) void this.flush()
    else this.soon(WAIT_MS)
  }

  /** Send what waits, now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined))
    await this.sending
    if (this.read().length && !this.timer) await this.flush() // what came meanwhile
  }

  /** Forget events that wait; true: none of them can have arrived. */
  take(ids: ReadonlySet<string>): boolean {
    this.remove(ids)
    return ![...ids].some((id) => this.tried.has(id))
  }

  /** Forget everything that waits. */
  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.write([])
  }

  private soon(afterMs: number): void {
    this.timer ??= setTimeout(() => void this.flush(), afterMs)
  }

  private async sendAll(): Promise<void> {
    const refused = new Set<string>()
    for (let events = this.read(); events.length; events = this.read()) {
      const batch = events.slice(0, MOST_AT_ONCE)
      const ids = await this.send(batch)
      this.isFailing = !ids
      if (!ids) {
        this.soon(RETRY_MS)
        break
      }
      ids.forEach((id) => refused.add(id))
      this.remove(new Set(batch.map(({ event_id }) => event_id)))
    }
    this.onSent({ refused, waiting: new Set(this.read().map(({ event_id }) => event_id)) })
  }

  /** The ids of those that the server refuses; null: to be sent again. */
  private async send(events: readonly SentEvent[]): Promise<string[] | null> {
    const ids = events.map(({ event_id }) => event_id)
    for (const id of ids) this.tried.add(id)
    try {
      // keepalive: it goes on when the page ends
      const sent = api.POST('/api/v1/events', { body: { events: [...events] }, keepalive: true })
      return (await answered(sent)).refused.map(({ event_id }) => event_id)
    } catch (error) {
      return error instanceof ApiError && !isPassing(error) ? ids : null
    }
  }

  private remove(ids: ReadonlySet<string>): void {
    this.write(this.read().filter(({ event_id }) => !ids.has(event_id)))
  }

  /** From the storage each time: other tabs add to it, too. */
  private read(): SentEvent[] {
    if (!this.canStore) return this.waiting
    try {
      const parsed = v.safeParse(Waiting, JSON.parse(localStorage.getItem(KEY) ?? '[]'))
      return parsed.success ? (parsed.output as SentEvent[]) : []
    } catch {
      return this.waiting
    }
  }

  private write(waiting: SentEvent[]): void {
    this.waiting = waiting
    try {
      if (waiting.length) localStorage.setItem(KEY, JSON.stringify(waiting))
      else localStorage.removeItem(KEY)
    } catch {
      this.canStore = false
    }
  }
}

/** Whether the same request may succeed later. */
function isPassing({ status }: ApiError): boolean {
  return status === 0 || status === 429 || status >= 500
}
