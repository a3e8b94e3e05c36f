// Whose list a request carries, where they have saved it.
import type { ProfileKey } from '@/lists/profile'

/** The rest of a request about one's own list: nobody is compared with themselves. `key`: of one's saved profile. */
export function withSelf<Body extends object>(body: Body, key: ProfileKey | null) {
  return {
    body: { ...body, profile_id: key?.user_id ?? null },
    headers: key ? { Authorization: `Bearer ${key.token}` } : {},
  }
}
