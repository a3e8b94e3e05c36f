// Geometry of a generated cover, as the `d` of one SVG path that is filled evenodd.

export const WIDTH = 200
export const HEIGHT = 300

type Random = () => number // 0..1
type Pattern = (random: Random) => string

const fixed = (value: number) => Number(value.toFixed(1))
const between = (random: Random, low: number, high: number) => fixed(low + random() * (high - low))

function circle(x: number, y: number, radius: number): string {
  const r = fixed(radius)
  return `M${fixed(x - r)} ${fixed(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`
}

const rings: Pattern = (random) => {
  const [x, y] = [between(random, 40, 170), between(random, 50, 130)]
  return Array.from({ length: 12 }, (_, ring) => circle(x, y, 14 + ring * 14)).join('')
}

const dots: Pattern = (random) => {
  const [x0, y0] = [between(random, 0, WIDTH), between(random, 0, 80)]
  const points: string[] = []
  for (let row = 0; row * 18 < HEIGHT; row++) {
    for (let x = row % 2 ? 10 : 0; x <= WIDTH; x += 20) {
      const radius = 8.5 - Math.hypot(x - x0, row * 18 - y0) / 28
      if (radius > 0.8) points.push(circle(x, row * 18, radius))
    }
  }
  return points.join('')
}

const mountains: Pattern = (random) => {
  const ridge = (base: number, height: number) => {
    const peaks = Array.from({ length: 6 }, (_, at) => {
      const y = at % 2 ? base - height * between(random, 0.6, 1) : base - height * between(random, 0, 0.3)
      return `L${fixed(at * 40 + between(random, -12, 12))} ${fixed(y)}`
    })
    return `M-20 ${HEIGHT}${peaks.join('')}L220 ${HEIGHT}z`
  }
  const moon = circle(between(random, 45, 155), between(random, 55, 85), between(random, 24, 40))
  return moon + ridge(190, 70) + ridge(250, 60)
}

const stripes: Pattern = (random) => {
  const lean = between(random, 60, 160) * (random() < 0.5 ? -1 : 1)
  const bands: string[] = []
  for (let x = -180; x < 380;) {
    const width = between(random, 4, 26)
    bands.push(`M${fixed(x)} 0h${width}l${lean} ${HEIGHT}h${-width}z`)
    x += width + between(random, 10, 30)
  }
  return bands.join('')
}

const chevrons: Pattern = (random) => {
  const [step, rise] = [between(random, 40, 70), between(random, 20, 45)]
  const zigzag = (sign: number) =>
    Array.from(
      { length: 5 },
      (_, at) => `l${sign * 25} ${at % 2 ? rise : -rise}l${sign * 25} ${at % 2 ? -rise : rise}`,
    )
  return Array.from({ length: 8 }, (_, band) => {
    const y = fixed(band * step)
    return `M-25 ${y}${zigzag(1).join('')}v${fixed(step * 0.45)}${zigzag(-1).join('')}z`
  }).join('')
}

// light from a corner
const beams: Pattern = (random) => {
  const x = random() < 0.5 ? -10 : WIDTH + 10
  const reach = x < 0 ? 420 : -420
  const parts: string[] = []
  for (let angle = -0.1; angle < 1.5;) {
    const end = angle + between(random, 0.05, 0.2)
    const corner = (at: number) => `L${fixed(x + reach * Math.cos(at))} ${fixed(420 * Math.sin(at) - 10)}`
    parts.push(`M${x} -10${corner(angle)}${corner(end)}z`)
    angle = end + between(random, 0.07, 0.2)
  }
  return parts.join('')
}

const waves: Pattern = (random) => {
  const swell = between(random, 10, 26)
  return Array.from({ length: 6 }, (_, wave) => {
    const y = 40 + wave * 48
    const start = between(random, -100, 0)
    return `M${start} ${y}q50 ${-swell} 100 0t100 0t100 0v20q-50 ${swell} -100 0t-100 0t-100 0z`
  }).join('')
}

export const PATTERNS: readonly [Pattern, ...Pattern[]] = [
  rings,
  dots,
  mountains,
  stripes,
  chevrons,
  beams,
  waves,
]
