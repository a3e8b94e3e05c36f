// Keyboard focus in a list of cards that changes.
import { onBeforeUpdate, onUpdated, type Ref } from 'vue'

/**
 * After each update of the component: focus stays on what had it, also where that was moved; where its card is
 * gone, the card that took its place has it, or else `otherwise`.
 *
 * @param container whose direct children are the cards, and what else has no article in it; each, or the first thing
 *   within it, takes focus.
 */
export function useKeptFocus(
  container: Readonly<Ref<HTMLElement | null>>,
  otherwise: () => HTMLElement | null | undefined,
): void {
  let focused: HTMLElement | null = null
  let at = -1

  onBeforeUpdate(() => {
    const active = document.activeElement
    focused = active instanceof HTMLElement && container.value?.contains(active) ? active : null
    at = cards().findIndex((card) => card.contains(focused))
  })

  onUpdated(() => {
    if (!focused || document.activeElement === focused) return
    if (focused.isConnected) return focused.focus({ preventScroll: true })
    const card = cards().at(Math.min(at, cards().length - 1))
    const target = card?.querySelector<HTMLElement>('[tabindex], a, button, select') ?? otherwise()
    target?.focus()
  })

  function cards(): Element[] {
    return [...(container.value?.children ?? [])].filter((child) => child.querySelector('article'))
  }
}
