import { describe, expect, it } from 'vitest'

import { coverOf, MARGIN } from './cover'
import { initials, lettering, parts, subtitleLettering, widthOf } from './lettering'
import { contrast, paletteOf, rgb } from './palette'
import { HEIGHT, PATTERNS, WIDTH } from './patterns'

const DEATH_NOTE = { anime_id: 1535, name: 'Death Note' }

describe('a generated cover', () => {
  it('is always the same for a title', () => {
    expect(coverOf(DEATH_NOTE)).toEqual(coverOf({ ...DEATH_NOTE }))
  })

  it('differs from the covers of other titles', () => {
    const titles = Array.from({ length: 200 }, (_, at) => coverOf({ anime_id: at + 1, name: 'Same name' }))
    const looks = new Set(titles.map((cover) => cover.palette.from + cover.pattern))
    expect(looks.size).toBeGreaterThan(190)
  })

  it('uses every pattern and hues from all around', () => {
    const covers = Array.from({ length: 400 }, (_, at) => coverOf({ anime_id: at + 1, name: 'Same name' }))
    expect(new Set(covers.map((cover) => cover.palette.from)).size).toBeGreaterThan(200)
    expect(new Set(covers.map((cover) => cover.pattern)).size).toBeGreaterThan(PATTERNS.length)
  })
})

describe('the colors', () => {
  it('give text a contrast of 4.5 on the ground and on the pattern, for every hue', () => {
    for (let hue = 0; hue < 360; hue++) {
      for (const turn of [25, 50, 75]) {
        const { from, to, shape, text } = paletteOf(hue, hue + turn)
        for (const ground of [from, to, shape]) {
          expect(contrast(rgb(text), rgb(ground)), `${text} on ${ground}, hue ${hue}`).toBeGreaterThanOrEqual(
            4.5,
          )
        }
      }
    }
  })

  it('are compared as WCAG does', () => {
    expect(contrast(rgb('#ffffff'), rgb('#000000'))).toBeCloseTo(21)
    expect(contrast(rgb('#767676'), rgb('#ffffff'))).toBeCloseTo(4.54, 2)
  })
})

describe('the patterns', () => {
  it.each(PATTERNS.map((pattern) => [pattern]))('are paths of numbers for any random number', (pattern) => {
    for (const value of [0, 0.25, 0.5, 0.999]) {
      const path = pattern(() => value)
      expect(path).toMatch(/^M[MLlhvaqtz\d\s.,-]+$/)
      expect(path.length).toBeLessThan(8_000)
    }
  })
})

describe('initials', () => {
  it.each([
    ['Death Note', 'DN'],
    ['Shingeki no Kyojin', 'SK'],
    ['Steins;Gate', 'SG'],
    ['K', 'K'],
    ['.hack//SIGN', 'HS'],
    ['Ga-Rei: Zero', 'GR'],
    ['Kimi no Na wa.', 'KN'],
    ['進撃の巨人', '進撃'],
    ['鋼の錬金術師 FULLMETAL ALCHEMIST', '鋼の'],
    ['86', '86'],
    ['élan', 'É'],
    ['☆', '–'],
    ['', '–'],
  ])('of %s are %s', (name, expected) => {
    expect(initials(name)).toBe(expected)
  })
})

describe('the name on a cover', () => {
  it.each([
    ['Fullmetal Alchemist: Brotherhood', 'Fullmetal Alchemist', 'Brotherhood'],
    ['Hunter x Hunter (2011)', 'Hunter x Hunter', ''],
    ['Mirai Nikki (TV)', 'Mirai Nikki', ''],
    ['Re:Zero kara Hajimeru', 'Re:Zero kara Hajimeru', ''],
    ['K: Missing Kings', 'K: Missing Kings', ''],
    ['Baki - Part: Two (TV)', 'Baki', 'Part: Two'],
    [' ', '–', ''],
  ])('of %s is %s, and beneath it %s', (name, main, subtitle) => {
    expect(parts(name)).toEqual([main, subtitle])
  })

  it.each([
    'K',
    'Death Note',
    'Ano Hi Mita Hana no Namae wo Bokutachi wa Mada Shiranai.',
    'Naruto: Dai Katsugeki!! Yuki Hime Shinobu Houjou Dattebayo! Special',
    'Sakebitagatterunda'.repeat(20),
    'ふしぎの海のナディア',
    '機動戦士ガンダム'.repeat(30),
    '–',
  ])('fits: %s', (name) => {
    const width = WIDTH - 2 * MARGIN
    const { lines, fontSize } = lettering(name, width)
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length * fontSize * 1.2).toBeLessThan(HEIGHT / 2)
    for (const line of lines) expect(widthOf(line) * fontSize).toBeLessThanOrEqual(width)
  })

  it('breaks after spaces and joining signs', () => {
    expect(lettering('Steins;Gate', 164).lines).toEqual(['Steins;', 'Gate'])
    expect(lettering('Shingeki no Kyojin', 164).lines.join(' ')).toBe('Shingeki no Kyojin')
  })

  it('begins no line with a Japanese full stop', () => {
    for (const line of lettering('君の名は。君の名は。君の名は。', 164).lines) expect(line).not.toMatch(/^。/)
  })

  it('has a subtitle of at most two lines', () => {
    const { lines, fontSize } = subtitleLettering(
      'Hangyaku no Lelouch and a lot more of it than there is room',
      164,
    )
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/\S…$/)
    for (const line of lines) expect(widthOf(line.replace('…', '')) * fontSize).toBeLessThanOrEqual(164)
    expect(subtitleLettering('', 164).lines).toEqual([])
  })

  it('stays on the cover, the mark above it and the subtitle below', () => {
    const { name, subtitle, markY } = coverOf({ anime_id: 5114, name: 'Fullmetal Alchemist: Brotherhood' })
    const heights = [markY, ...[...name, ...subtitle].map(({ y }) => y)]
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(markY).toBeGreaterThan(HEIGHT / 3)
    expect(heights.at(-1)).toBeLessThan(HEIGHT - MARGIN)
  })
})
