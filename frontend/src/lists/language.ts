const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u

/** For the attribute `lang`: names are in Latin letters or in Japanese. */
export function langOf(name: string): 'ja' | undefined {
  return JAPANESE.test(name) ? 'ja' : undefined
}
