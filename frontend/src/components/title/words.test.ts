import { describe, expect, it } from 'vitest'

import { myAnimeListUrl, type TitleDetail } from './title'
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
}
const NOTHING = Array<number>(10).fill(0)

describe('the facts of a title', () => {
  it('are what is known', () => {
    expect(factsOf(TITLE).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Type: TV',
      'Episodes: 37',
      'First aired: 2006',
      'Average rating here: 8.0 out of 10',
      'Liked by: 542 of 1,145 people',
      'MyAnimeList score: 8.6 out of 10',
      'MyAnimeList members: 1.2 million',
    ])
  })

  it('leave out what is not', () => {
    const bare = { type: null, episodes: null, year: null, watchers: 0, mal_score: null, members: null }
    expect(factsOf({ ...TITLE, ...bare, rating_histogram: NOTHING })).toEqual([])
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

it('links to the page of the same id on MyAnimeList', () => {
  expect(myAnimeListUrl(1535)).toBe('https://myanimelist.net/anime/1535')
})
