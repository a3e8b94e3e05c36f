// Example lists of well-known titles, by MyAnimeList ids.
export interface ExampleList {
  name: string
  ids: readonly number[]
}

export const EXAMPLES: readonly ExampleList[] = [
  { name: 'Thrillers', ids: [1535, 9253, 19, 1943, 28223, 323, 23283] },
  { name: 'Slice of life', ids: [5680, 12189, 457, 2167, 4224, 1887, 11843] },
  { name: 'Classics', ids: [1, 30, 47, 43, 33, 339, 245] },
  { name: 'Ghibli', ids: [199, 164, 523, 431, 578, 512, 513] },
  { name: 'Sports', ids: [20583, 11771, 263, 10800, 18507, 14131] },
]
