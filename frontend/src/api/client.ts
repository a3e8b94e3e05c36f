// The API client: typed by the OpenAPI document, with errors that can be shown to people.
import createClient from 'openapi-fetch'

import type { components, paths } from './schema'

type Schemas = components['schemas']
export type FoundItem = Schemas['FoundItem']
export type AnimeItem = Omit<FoundItem, 'match' | 'matched'>
export type RecommendedItem = Schemas['RecommendedItem']
export type Reason = Schemas['Reason']
type Problem = Schemas['Problem']

/** An answer that is not what was asked for; `message` can be shown as it is. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: no answer at all
  ) {
    super(message)
  }
}

const OF_ANOTHER_SITE = '#external-' // how kinds of problems with another site begin

export const api = createClient<paths>({ baseUrl: window.location.origin })

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The data of an answer, or an ApiError thrown: `answered(api.GET('/api/v1/popular', { signal }))`. */
export async function answered<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>
  try {
    answer = await request
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    if (error instanceof SyntaxError)
      throw new ApiError('We couldn’t read the answer. It may not have come from this server.', 200)
    throw new ApiError('We can’t reach the server. Are you offline?', 0)
  }
  if (!answer.response.ok) throw failure(answer.response, answer.error)
  return answer.data as Data
}

function failure({ status, headers }: Response, error: unknown): ApiError {
  if (status === 429) {
    const waitS = Number(headers.get('Retry-After'))
    const wait = waitS > 0 ? `Try again in ${waitS} seconds.` : 'Wait a moment, then try again.'
    return new ApiError(`Too many requests at once. ${wait}`, status)
  }
  const { type, detail } = (error ?? {}) as Partial<Problem>
  // of another site the server knows more than of itself
  if (status >= 500 && !type?.includes(OF_ANOTHER_SITE))
    return new ApiError('The server can’t answer right now. Try again in a moment.', status)
  return new ApiError(detail || `The server refused this request (${status}).`, status)
}
