import { expect, it } from 'vitest'

import { langOf } from './language'

it.each([
  ['デスノート', 'ja'],
  ['進撃の巨人', 'ja'],
  ['데스노트', 'ko'],
  ['Death Note', undefined],
])('%s is written in %s', (name, expected) => {
  expect(langOf(name)).toBe(expected)
})
