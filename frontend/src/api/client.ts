// The one way to the server: typed by its OpenAPI document, with failures in a person's words.
import createClient from 'openapi-fetch'

import type { components, paths } from './schema'

type Schemas = components['schemas']
export type FoundItem = Schemas['FoundItem']
export type AnimeItem = Omit<FoundItem, 'matched'>
export type RecommendedItem = Schemas['RecommendedItem']
export type Reason = Schemas['Reason']
export type Problem = Schemas['Problem']

/** An answer that is not what was asked for; `message` can be shown as it is. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: no answer at all
    readonly retryAfterS: number | null = null,
  ) {
    super(message)
  }

  get isOffline(): boolean {
    return this.status === 0
  }
}

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
      throw new ApiError('The answer is not from this server: it cannot be read.', 200)
    throw new ApiError('The server cannot be reached. Are you offline?', 0)
  }
  if (!answer.response.ok) throw failure(answer.response, answer.error)
  return answer.data as Data
}

function failure(response: Response, error: unknown): ApiError {
  const header = Number(response.headers.get('Retry-After'))
  const retryAfterS = header > 0 ? header : null
  const detail = (error as Partial<Problem> | undefined)?.detail
  if (response.status === 429) {
    const wait = retryAfterS ? `Try again in ${retryAfterS} s.` : 'Wait a little, then try again.'
    return new ApiError(`That was a bit much at once. ${wait}`, 429, retryAfterS)
  }
  if (response.status >= 500) {
    return new ApiError(
      'The server cannot answer right now. Try again in a moment.',
      response.status,
      retryAfterS,
    )
  }
  return new ApiError(detail || `The server refused this (${response.status}).`, response.status)
}
