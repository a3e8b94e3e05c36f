// Colors of a generated cover: one hue a title, each color by how light it looks and not by its lightness in
// HSL, so that white text can be read on yellow as well as on blue.

type Rgb = readonly [number, number, number] // each 0..1, gamma-encoded

export interface Palette {
  from: string // of the ground, a gradient from top to bottom
  to: string
  shape: string // of the pattern
  accent: string // a small mark; nothing is written on it
  text: string
}

// relative luminance of each, as WCAG defines it: text on the lightest ground has (.88 + .05) / (.14 + .05) = 4.9
const TONES = { from: 0.1, to: 0.025, shape: 0.14, accent: 0.45, text: 0.88 }

/** The colors for a hue in degrees, and a second one that the gradient runs to. */
export function paletteOf(hue: number, second: number): Palette {
  return {
    from: hex(toned(hue, 0.62, TONES.from)),
    to: hex(toned(second, 0.7, TONES.to)),
    shape: hex(toned(hue, 0.55, TONES.shape)),
    accent: hex(toned(second + 180, 0.85, TONES.accent)),
    text: hex(toned(hue, 0.6, TONES.text)),
  }
}

/** Contrast of two colors, 1..21, as WCAG defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** `#rrggbb` as numbers. */
export function rgb(color: string): Rgb {
  const channel = (at: number) => parseInt(color.slice(at, at + 2), 16) / 255
  return [channel(1), channel(3), channel(5)]
}

function toned(hue: number, saturation: number, target: number): Rgb {
  let [low, high] = [0, 1]
  for (let step = 0; step < 16; step++) {
    const middle = (low + high) / 2
    if (luminance(fromHsl(hue, saturation, middle)) < target) low = middle
    else high = middle
  }
  return fromHsl(hue, saturation, low)
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const channel = (offset: number) => {
    const k = (offset + hue / 30 + 24) % 12
    return lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}

function hex(color: Rgb): string {
  return `#${color
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
