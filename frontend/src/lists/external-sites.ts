// Requests from this browser to external sites, whose answers are validated.
import * as v from 'valibot'

import { ImportError } from './imports'

const TIMEOUT_MS = 20_000

export interface SiteAnswer {
  status: number
  body: unknown // undefined: no JSON
}

/** Send a request; failures become an ImportError that can be shown. */
export async function askSite(
  site: string,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<SiteAnswer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      ...init,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    if (response.status === 429) throw new ImportError(tooOften(site, response.headers.get('Retry-After')))
    return { status: response.status, body: parse(await response.text()) }
  } catch (error) {
    if (error instanceof ImportError || signal?.aborted) throw error
    if (timeout.aborted)
      throw new ImportError(`${site} didn’t answer within ${TIMEOUT_MS / 1000} seconds. Try again later.`)
    if (!navigator.onLine)
      throw new ImportError(`You’re offline, so we can’t reach ${site}. Try again when you’re back.`)
    throw new ImportError(
      `We can’t reach ${site}. It may be down, or something in this browser may be blocking it. Try again later.`,
    )
  }
}

/** The answer as `schema` has it, or the words for one that is not. */
export function validated<T>(
  site: string,
  schema: v.GenericSchema<unknown, T>,
  { status, body }: SiteAnswer,
): T {
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return parsed.output
  throw new ImportError(
    status >= 500
      ? `${site} is having problems (${status}). Try again later.`
      : `${site} sent an answer we can’t read (${status}). Nothing was changed.`,
  )
}

function tooOften(site: string, retryAfter: string | null): string {
  const seconds = Number(retryAfter)
  return `${site} is getting too many requests. ${seconds > 0 ? `Try again in ${Math.ceil(seconds)} seconds.` : 'Try again in a minute.'}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
