// A cover for a title that has none, or none that may be loaded: always the same for the same title.
import { initials, type Lettering, lettering, parts, subtitleLettering } from './lettering'
import { type Palette, paletteOf } from './palette'
import { HEIGHT, PATTERNS, WIDTH } from './patterns'

export const MARGIN = 18
const LINE_HEIGHT = 1.16

interface Line {
  text: string
  y: number // of its baseline
  fontSize: number
}

interface Cover {
  palette: Palette
  pattern: string // `d` of a path
  initials: string
  name: Line[]
  subtitle: Line[]
  markY: number // of a small mark above the name
}

/** Everything that is drawn, in a room of WIDTH × HEIGHT. */
export function coverOf(title: { anime_id: number; name: string }): Cover {
  const random = randomOf(`${title.anime_id} ${title.name}`)
  const hue = Math.floor(random() * 360)
  const second = hue + 25 + random() * 50
  const pattern = PATTERNS[Math.floor(random() * PATTERNS.length)] ?? PATTERNS[0]
  return {
    palette: paletteOf(hue, second),
    pattern: pattern(random),
    initials: initials(title.name),
    ...setName(title.name),
  }
}

/** The name and its subtitle at the foot. */
function setName(text: string): Pick<Cover, 'name' | 'subtitle' | 'markY'> {
  const [main, rest] = parts(text)
  const width = WIDTH - 2 * MARGIN
  const subtitle = stacked(subtitleLettering(rest, width), HEIGHT - MARGIN)
  const name = stacked(lettering(main, width), subtitle.top - (rest ? 6 : 0))
  return { name: name.lines, subtitle: subtitle.lines, markY: name.top - 10 }
}

/** Lines upon `foot`, and where they begin. */
function stacked({ lines, fontSize }: Lettering, foot: number): { lines: Line[]; top: number } {
  const step = fontSize * LINE_HEIGHT
  const baseline = (at: number) => foot - fontSize * 0.22 - (lines.length - 1 - at) * step
  return {
    lines: lines.map((text, at) => ({ text, y: baseline(at), fontSize })),
    top: foot - lines.length * step,
  }
}

/** Numbers of 0..1 that follow from a text: FNV-1a, then mulberry32. */
function randomOf(seed: string): () => number {
  let state = 0x811c9dc5
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
