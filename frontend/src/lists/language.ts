/** For the attribute `lang` of a name, where its letters tell. */
export function langOf(name: string): 'ja' | 'ko' | undefined {
  if (/\p{Script=Hangul}/u.test(name)) return 'ko'
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(name) ? 'ja' : undefined
}
