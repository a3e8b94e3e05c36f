import { afterEach, describe, expect, it } from 'vitest'
import { type App, createApp, defineComponent, h, nextTick, ref } from 'vue'

import { useKeptFocus } from './kept-focus'

let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

/** A heading and a list of cards with two buttons each; what is in `names` can be changed. */
function mounted(...initial: string[]) {
  const names = ref(initial)
  const list = ref<HTMLElement | null>(null)
  const title = ref<HTMLElement | null>(null)
  const Cards = defineComponent(() => {
    useKeptFocus(list, () => title.value)
    const card = (name: string) =>
      h('li', { key: name }, [
        h('article', { tabindex: -1, id: name }, [h('button', `see ${name}`), h('button', `hide ${name}`)]),
      ])
    return () => [
      h('h2', { ref: title, tabindex: -1, id: 'title' }),
      h('ul', { ref: list }, names.value.map(card)),
    ]
  })
  const place = document.body.appendChild(document.createElement('div'))
  app = createApp(Cards)
  app.mount(place)
  return async (...wanted: string[]) => {
    names.value = wanted
    await nextTick()
  }
}

function focus(text: string): void {
  const buttons = [...document.querySelectorAll('button')]
  buttons.find(({ textContent }) => textContent === text)?.focus()
}

describe('the kept focus', () => {
  it('goes to the next card when one disappears', async () => {
    const show = mounted('a', 'b', 'c')
    focus('hide b')
    await show('a', 'c')
    expect(document.activeElement?.id).toBe('c')
  })

  it('goes to the card before when the last disappears', async () => {
    const show = mounted('a', 'b')
    focus('hide b')
    await show('a')
    expect(document.activeElement?.id).toBe('a')
  })

  it('goes to the fallback when no card is left', async () => {
    const show = mounted('a')
    focus('hide a')
    await show()
    expect(document.activeElement?.id).toBe('title')
  })

  it('stays on a card that moved', async () => {
    const show = mounted('a', 'b', 'c', 'd')
    focus('see b')
    await show('d', 'c', 'b', 'a')
    expect(document.activeElement?.textContent).toBe('see b')
  })

  it('stays outside the cards', async () => {
    const show = mounted('a', 'b')
    document.getElementById('title')?.focus()
    await show('b')
    expect(document.activeElement?.id).toBe('title')
  })
})
