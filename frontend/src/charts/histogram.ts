// Summaries of a histogram of ratings: counts of 1, 2, … 10.

export const RATINGS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']

/** How many ratings there are. */
export function total(histogram: readonly number[]): number {
  return histogram.reduce((sum, count) => sum + count, 0)
}

/** Their mean, null where there are none. */
export function meanOf(histogram: readonly number[]): number | null {
  const ratings = total(histogram)
  if (!ratings) return null
  return histogram.reduce((sum, count, at) => sum + count * (at + 1), 0) / ratings
}

/** The rating given most often, null where there is none; of equals the higher. */
export function modeOf(histogram: readonly number[]): number | null {
  const most = Math.max(0, ...histogram)
  return most ? histogram.lastIndexOf(most) + 1 : null
}
