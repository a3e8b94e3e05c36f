/** One row of bars, a value for each label. */
export interface Series {
  name: string
  values: number[]
  muted?: boolean // what the other series is compared with
}
