import { describe, expect, it } from 'vitest'

import { meanOf, modeOf, total } from './histogram'
import { asCount, asMean, asShare, asShortCount } from './numbers'

describe('numbers', () => {
  it('are grouped, shortened and rounded', () => {
    expect(asCount(1234567)).toBe('1,234,567')
    expect(asShortCount(1234567)).toBe('1.2 million')
    expect(asMean(7.86)).toBe('7.9')
    expect(asMean(8)).toBe('8.0')
  })

  it.each([
    [0, '0%'],
    [0.012, '1.2%'],
    [0.4567, '46%'],
    [1, '100%'],
  ])('share %s is %s', (value, expected) => {
    expect(asShare(value)).toBe(expected)
  })
})

describe('a histogram', () => {
  const histogram = [1, 0, 0, 0, 0, 0, 2, 3, 3, 1]

  it('has a total, a mean and a most frequent rating', () => {
    expect(total(histogram)).toBe(10)
    expect(meanOf(histogram)).toBeCloseTo((1 + 14 + 24 + 27 + 10) / 10)
    expect(modeOf(histogram)).toBe(9)
  })

  it('of nothing has neither', () => {
    expect(meanOf(Array<number>(10).fill(0))).toBeNull()
    expect(modeOf(Array<number>(10).fill(0))).toBeNull()
  })
})
