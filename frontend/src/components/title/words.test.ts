import { describe, expect, it } from 'vitest'

import type { TitleDetail } from './title'
import { factsOf, ratingsInWords } from './words'

const TITLE: TitleDetail = {
  anime_id: 1535,
  name: 'Death Note',
  english: null,
  aliases: ['DN', 'デスノート'],
  genres: ['Thriller'],
  type: 'TV',
  episodes: 37,
  year: 2006,
  image_url: null,
  likes: 542,
  watchers: 1145,
  mean_rating: 7.81,
  mal_score: 8.6,
  members: 1234567,
  nsfw: false,
  rating_histogram: [0, 0, 0, 0, 0, 0, 1, 2, 1, 0],
  unrated: 256,
  synopsis: null,
  studios: ['Madhouse'],
  producers: ['VAP', 'Shueisha'],
  source: 'Manga',
  duration_minutes: 23,
  season: { year: 2006, name: 'fall' },
  airing_status: 'finished',
  age_rating: 'R',
  aired_from: '2006-10-04',
  aired_to: '2007-06-27',
  external_ids: {},
  links: [],
  watch_on: [],
  relations: [],
  watch_order: [],
}
const NOTHING = Array<number>(10).fill(0)

describe('the facts of a title', () => {
  it('are what is known', () => {
    expect(factsOf(TITLE).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Type: TV',
      'Episodes: 37',
      'Length: 23 min per episode',
      'Status: Finished airing',
      'Aired: Oct 4, 2006 – Jun 27, 2007',
      'Season: Fall 2006',
      'Source: Manga',
      'Age rating: R (17 or older)',
      'Producers: VAP and Shueisha',
      'Average rating here: 8.0 out of 10',
      'Liked by: 542 of 1,145 people',
      'MyAnimeList score: 8.6 out of 10',
      'MyAnimeList members: 1.2 million',
    ])
  })

  it('leave out what is not', () => {
    const bare = { type: null, episodes: null, year: null, watchers: 0, mal_score: null, members: null }
    const nothing = { duration_minutes: null, season: null, airing_status: null, age_rating: null }
    const more = { source: null, producers: [], aired_from: null, aired_to: null }
    expect(factsOf({ ...TITLE, ...bare, ...nothing, ...more, rating_histogram: NOTHING })).toEqual([])
  })

  it('lead to other titles of the season and the source', () => {
    const filters = factsOf(TITLE).flatMap((fact) => (fact.filters ? [fact.filters] : []))
    expect(filters).toEqual([{ seasons: 'Fall 2006' }, { sources: 'Manga' }])
  })

  it.each([
    [{ duration_minutes: 125, episodes: 1 }, 'Length: 2 h 5 min'],
    [{ duration_minutes: 60, episodes: 1 }, 'Length: 1 h'],
    [{ duration_minutes: 60, episodes: null }, 'Length: 1 h per episode'],
    [{ aired_to: null }, 'Aired: Oct 4, 2006'],
    [{ aired_to: '2006-10-04' }, 'Aired: Oct 4, 2006'],
    [{ aired_from: null }, 'Aired: 2006'],
    [{ aired_from: '2006-10', aired_to: null }, 'Aired: 2006-10'],
  ])('say %o as %s', (known, expected) => {
    const facts = factsOf({ ...TITLE, ...known }).map(({ name, value }) => `${name}: ${value}`)
    expect(facts).toContain(expected)
  })
})

describe('ratings in words', () => {
  it('say how many, the mean and the most frequent', () => {
    expect(ratingsInWords(TITLE)).toBe(
      '4 people gave it an average of 8.0, most often 8. 256 more have seen it without rating it.',
    )
    expect(ratingsInWords({ ...TITLE, unrated: 1 })).toContain('1 more has seen it')
  })

  it('say that there are none', () => {
    expect(ratingsInWords({ ...TITLE, rating_histogram: NOTHING, unrated: 0 })).toBe(
      'Nobody here has rated it yet.',
    )
  })
})
