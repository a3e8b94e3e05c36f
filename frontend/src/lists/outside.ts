// Asking another site from this browser: what comes back is a stranger's.
import * as v from 'valibot'

import { BringError } from './brought'

const TIMEOUT_MS = 20_000

export interface OutsideAnswer {
  status: number
  body: unknown // undefined: no JSON
}

/** Ask, and put what goes wrong on the way into words. */
export async function askOutside(
  site: string,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<OutsideAnswer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      ...init,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    if (response.status === 429) throw new BringError(tooOften(site, response.headers.get('Retry-After')))
    return { status: response.status, body: parse(await response.text()) }
  } catch (error) {
    if (error instanceof BringError || signal?.aborted) throw error
    if (timeout.aborted)
      throw new BringError(`${site} did not answer within ${TIMEOUT_MS / 1000} s. Try again later.`)
    if (!navigator.onLine)
      throw new BringError(`You are offline, so ${site} cannot be asked. Try again when you are back.`)
    throw new BringError(
      `${site} cannot be reached: it is away, or something in this browser blocks it. Try again later.`,
    )
  }
}

/** The answer as `schema` has it, or the words for one that is not. */
export function validated<T>(
  site: string,
  schema: v.GenericSchema<unknown, T>,
  { status, body }: OutsideAnswer,
): T {
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return parsed.output
  throw new BringError(
    status >= 500
      ? `${site} has a problem of its own (${status}). Try again later.`
      : `${site} answered something that cannot be understood (${status}). Nothing was changed.`,
  )
}

function tooOften(site: string, retryAfter: string | null): string {
  const seconds = Number(retryAfter)
  return `${site} was asked too often. ${seconds > 0 ? `Try again in ${Math.ceil(seconds)} s.` : 'Try again in a minute.'}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
