import { describe, expect, it } from 'vitest'

import { fromHash, MAX_SHARED, type SharedEntry, toHash } from './share'

const LIST: SharedEntry[] = [
  { anime_id: 1535, opinion: 9 },
  { anime_id: 2167, opinion: 'liked' },
  { anime_id: 20, opinion: 10 },
  { anime_id: 9253, opinion: 'seen' },
]

describe('a list in a link', () => {
  it('is short', () => {
    expect(toHash(LIST)).toBe('#list=1535.9~2167~20.10~9253.s')
  })

  it('comes back as it was', () => {
    expect(fromHash(toHash(LIST))).toEqual(LIST)
  })

  it('has a limit, and prefers titles with an opinion', () => {
    const seen = Array.from({ length: 300 }, (_, at): SharedEntry => ({ anime_id: at + 1, opinion: 'seen' }))
    const entries = fromHash(toHash([...seen, { anime_id: 5114, opinion: 10 }]))
    expect(entries).toHaveLength(MAX_SHARED)
    expect(entries?.[0]).toEqual({ anime_id: 5114, opinion: 10 })
    expect(entries?.[1]).toEqual({ anime_id: 1, opinion: 'seen' })
  })

  it('is read only up to the limit', () => {
    const ids = Array.from({ length: 300 }, (_, at) => at + 1)
    expect(fromHash(`#list=${ids.join('~')}`)).toHaveLength(MAX_SHARED)
  })

  it('loses only the pieces that are broken', () => {
    const broken = '#list=1535.9~~0~-5~1.11~1.0~7.x~99999999999~3000000000~<b>~2167.s~1535.3'
    expect(fromHash(broken)).toEqual([
      { anime_id: 1535, opinion: 9 },
      { anime_id: 2167, opinion: 'seen' },
    ])
  })

  it.each(['', '#main', '#list=', '#list=none', '#profile=1.abc', 'list=1535'])('is not in %o', (hash) => {
    expect(fromHash(hash)).toBeNull()
  })
})
