// The series of a chart, and numbers as people read them.

export const LOCALE = 'en-US'
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(LOCALE, {
  notation: 'compact',
  compactDisplay: 'long',
  maximumFractionDigits: 1,
})
const mean = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 })
const smallShare = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 })

/** 12345 → "12,345". */
export const asCount = (value: number) => whole.format(value)

/** 1234567 → "1.2 million". */
export const asShortCount = (value: number) => short.format(value)

/** A mean rating: 7.812 → "7.8". */
export const asMean = (value: number) => mean.format(value)

/** 0.4567 → "46%"; below a tenth with a decimal: 0.012 → "1.2%". */
export const asShare = (value: number) => (value < 0.1 ? smallShare : share).format(value)

/** One row of bars, a value for each label. */
export interface Series {
  name: string
  values: number[]
  muted?: boolean // what the other series is compared with
}
