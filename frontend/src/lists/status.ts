// How far a person got with a title, in words.
import type { Status } from '@/stores/list'

export const STATUS_NAMES = {
  completed: 'Finished',
  watching: 'Watching',
  on_hold: 'On hold',
  dropped: 'Dropped',
} as const satisfies Record<Status, string>

/** Empty for what is finished, or not known. */
export function unfinishedWords(status: Status | undefined): string {
  return status && status !== 'completed' ? STATUS_NAMES[status] : ''
}
