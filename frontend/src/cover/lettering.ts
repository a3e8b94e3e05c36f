// A title's name on its generated cover: a few letters on a small one, lines that fit on a larger one.

export interface Lettering {
  lines: string[]
  fontSize: number
}

// particles that say nothing of a title by their first letter
const PARTICLES = new Set(['a', 'an', 'the', 'of', 'and', 'to', 'in', 'no', 'wa', 'ga', 'ni', 'wo', 'de'])
const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}々ー'
const IS_CJK = new RegExp(`[${CJK}]`, 'u')
// where a line may end: after each such character with its punctuation, after a space, after a joining sign
const PIECES = new RegExp(
  `[${CJK}][、。・！？」』）]*|[^\\s${CJK}]+?(?:[-/;:☆★@~]+|(?=[\\s${CJK}]|$))\\s*`,
  'gu',
)
const SMALLEST = 17
const SIZES = [44, 38, 33, 29, 25, 22, 19, SMALLEST]
const MAX_LINES = 5
const SUBTITLE_SIZE = 15
const MAX_SUBTITLE_LINES = 2

/** One or two letters that stand for a name: "Shingeki no Kyojin" → "SK", "進撃の巨人" → "進撃". */
export function initials(name: string): string {
  const [first = '–', ...others] = parts(name)[0].match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  if (IS_CJK.test(first) || /^\p{N}+$/u.test(first)) return [...first].slice(0, 2).join('')
  const second = others.find((word) => !PARTICLES.has(word.toLowerCase())) ?? ''
  return [first, second]
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
}

/** A name before its subtitle, and the subtitle; both without a trailing year or medium in brackets. */
export function parts(name: string): [string, string] {
  const clean = name.normalize('NFC').replace(/\s+/g, ' ').trim()
  const [, main = clean, subtitle = ''] = /^(.{3,}?)(?:: | - )(.+)$/u.exec(clean) ?? []
  const short = (text: string) => text.replace(/(?<=.) \((TV|OVA|ONA|Movie|\d{4})\)$/, '')
  return [short(main) || '–', short(subtitle)]
}

/** The largest lettering of a name in `width`, broken into at most five lines. */
export function lettering(name: string, width: number): Lettering {
  const pieces = name.match(PIECES) ?? []
  for (const fontSize of SIZES) {
    const lines = wrap(pieces, width / fontSize)
    const broken = lines.some((line) => widthOf(line) * fontSize > width)
    // many short lines in a large size are harder to read than few in a smaller one
    if (!broken && lines.length <= (fontSize > 30 ? 3 : MAX_LINES)) return { lines, fontSize }
  }
  return cut(pieces, width, SMALLEST, MAX_LINES)
}

/** A subtitle in `width`: small, and cut where it is long. */
export function subtitleLettering(subtitle: string, width: number): Lettering {
  return cut(subtitle.match(PIECES) ?? [], width, SUBTITLE_SIZE, MAX_SUBTITLE_LINES)
}

function cut(pieces: readonly string[], width: number, fontSize: number, most: number): Lettering {
  const lines = wrap(
    pieces.flatMap((piece) => split(piece, width / fontSize)),
    width / fontSize,
  )
  const shown = lines.slice(0, most)
  if (lines.length > most) shown.push(`${shown.pop()?.slice(0, -1).trimEnd()}…`)
  return { lines: shown, fontSize }
}

/** Estimated width in em: the font is whatever the system has. */
export function widthOf(text: string): number {
  let width = 0
  for (const letter of text) width += widths.get(letter) ?? measure(letter)
  return width
}

const widths = new Map<string, number>()

function measure(letter: string): number {
  let width = 0.67
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー、。！？☆★♪]/u.test(letter))
    width = 1.02
  else if (/[MWmw@%&]/.test(letter)) width = 1
  else if (/[iljtfrI.,;:'!| ]/.test(letter)) width = 0.39
  else if (/\p{Lu}/u.test(letter)) width = 0.76
  widths.set(letter, width)
  return width
}

function wrap(pieces: readonly string[], width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line && widthOf((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += piece
  }
  if (line) lines.push(line.trimEnd())
  return lines
}

/** A word that is wider than a line, in parts that are not. */
function split(piece: string, width: number): string[] {
  const parts: string[] = []
  let part = ''
  for (const letter of piece) {
    if (part && widthOf((part + letter).trimEnd()) > width) {
      parts.push(part)
      part = ''
    }
    part += letter
  }
  return [...parts, part]
}
