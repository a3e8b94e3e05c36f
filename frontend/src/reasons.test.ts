import { describe, expect, it } from 'vitest'

import type { Reason } from './api/client'
import { counted, facts, langOf, otherName, percent, sentences } from './reasons'

function reason(fields: Partial<Reason> & Pick<Reason, 'kind'>): Reason {
  return {
    anime_id: null,
    name: null,
    weight: null,
    people: null,
    genres: null,
    studio: null,
    titles: null,
    liked: null,
    ...fields,
  }
}

const LIKED = (name: string) => reason({ kind: 'because_you_liked', anime_id: 1, name, weight: 0.1 })

describe('sentences', () => {
  it('say every kind of reason', () => {
    const reasons = [
      LIKED('Steins;Gate'),
      LIKED('Death Note'),
      reason({ kind: 'people_with_your_taste', people: 1147 }),
      reason({ kind: 'shared_genres', genres: ['Mystery', 'Psychological', 'Thriller'] }),
    ]
    expect(sentences(reasons)).toEqual([
      'Because you liked Steins;Gate and Death Note',
      '1,147 people with your taste liked it',
      'Mystery, Psychological, and Thriller: genres you often like',
    ])
  })

  it('name a theme first, and once', () => {
    const reasons = [
      LIKED('Hajime no Ippo'),
      reason({ kind: 'theme', genres: ['Sports'], titles: 4, liked: 5 }),
      reason({ kind: 'shared_genres', genres: ['Shounen', 'Sports'] }),
    ]
    expect(sentences(reasons)).toEqual([
      'Sports: 4 of the 5 titles you like',
      'Because you liked Hajime no Ippo',
      'Shounen: a genre you often like',
    ])
    expect(sentences(reasons, false)[0]).toBe('Sports: 4 of the 5 titles they like')
  })

  it('speak of the owner of a shared list', () => {
    const reasons = [
      LIKED('Clannad'),
      reason({ kind: 'people_with_your_taste', people: 1 }),
      reason({ kind: 'shared_genres', genres: ['Drama'] }),
    ]
    expect(sentences(reasons, false)).toEqual([
      'Because they liked Clannad',
      '1 person with this taste liked it',
      'Drama: a genre they often like',
    ])
  })

  it('tell what a title without ratings is', () => {
    const reasons = [
      reason({ kind: 'same_franchise', anime_id: 1, name: 'Clannad' }),
      reason({ kind: 'same_studio', anime_id: 2, name: 'Air', studio: 'Kyoto Animation' }),
      reason({ kind: 'few_ratings' }),
    ]
    expect(sentences(reasons)).toEqual([
      'From the same franchise as Clannad, which you liked',
      'From Kyoto Animation, who also made Air',
      'Few people here have rated it yet; we picked it for what it’s like',
    ])
    expect(sentences(reasons, false)[0]).toBe('From the same franchise as Clannad, which they liked')
  })

  it('name what was looked at before what was liked', () => {
    const looked = reason({ kind: 'because_you_looked_at', anime_id: 3, name: 'Nichijou', weight: 0.2 })
    expect(sentences([LIKED('K-On!'), looked])).toEqual([
      'Because you just looked at Nichijou',
      'Because you liked K-On!',
    ])
  })

  it('say nothing where nothing is known', () => {
    expect(sentences([])).toEqual([])
    expect(
      sentences([reason({ kind: 'because_you_liked' }), reason({ kind: 'shared_genres', genres: [] })]),
    ).toEqual([])
  })
})

describe('facts', () => {
  it.each([
    [{ type: 'TV', year: 2011, episodes: 26 }, 'TV · 2011 · 26 episodes'],
    [{ type: 'Movie', year: 2001, episodes: 1 }, 'Movie · 2001'],
    [{ type: null, year: null, episodes: null }, ''],
    [{ type: 'TV', year: null, episodes: 1787 }, 'TV · 1,787 episodes'],
  ])('of %o', (title, text) => expect(facts(title)).toBe(text))
})

describe('percent', () => {
  it.each([
    [0, '1%'],
    [0.274, '27%'],
    [0.999, '99%'],
  ])('of %d', (probability, text) => expect(percent(probability)).toBe(text))
})

describe('counted', () => {
  it('agrees in number', () => {
    expect([0, 1, 2].map((count) => counted(count, 'title'))).toEqual(['0 titles', '1 title', '2 titles'])
  })
})

it('names a title in English where that is another name', () => {
  expect(otherName({ name: 'Shingeki no Kyojin', english: 'Attack on Titan' })).toBe('Attack on Titan')
  expect(otherName({ name: 'Death Note', english: 'DEATH NOTE' })).toBeNull()
  expect(otherName({ name: 'Mushishi', english: null })).toBeNull()
})

it.each([
  ['デスノート', 'ja'],
  ['進撃の巨人', 'ja'],
  ['데스노트', 'ko'],
  ['Death Note', undefined],
])('takes %s for a name in %s', (name, expected) => {
  expect(langOf(name)).toBe(expected)
})
