import { expect, it } from 'vitest'

import { malExport } from './export'
import { short, title } from './testing'

const HOSTILE = 'a ]]> b & <my_score>1</my_score> ]]]>\u0000\u001f\ud800 進撃 🎌'
const LIST = {
  titles: [
    title(1535, 9, 'Death Note'),
    title(9253, 'liked', 'Steins;Gate'),
    { ...title(20, 'seen', HOSTILE), status: 'on_hold' as const },
  ],
  planned: [short(5, 'Cowboy Bebop')],
}

function field(entry: Element, name: string): string {
  return entry.querySelector(name)?.textContent ?? ''
}

it('is XML with the same list, whatever is in a name', () => {
  const parsed = new DOMParser().parseFromString(malExport(LIST), 'application/xml')
  expect(parsed.querySelector('parsererror')).toBeNull()
  const entries = [...parsed.querySelectorAll('myanimelist > anime')].map((entry) => [
    field(entry, 'series_animedb_id'),
    field(entry, 'series_title'),
    field(entry, 'my_score'),
    field(entry, 'my_status'),
  ])
  expect(entries).toEqual([
    ['1535', 'Death Note', '9', 'Completed'],
    ['9253', 'Steins;Gate', '10', 'Completed'],
    ['20', 'a ]]> b & <my_score>1</my_score> ]]]>    進撃 🎌', '0', 'On-Hold'],
    ['5', 'Cowboy Bebop', '0', 'Plan to Watch'],
  ])
})

it('is the file that the test of the import reads', async () => {
  await expect(malExport(LIST)).toMatchFileSnapshot('./export.example.xml')
})
