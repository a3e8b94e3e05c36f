package anime.events;

import java.util.Map;
import java.util.TreeMap;

/**
 * What Redis is to hold of an actor.
 *
 * @param partition, offset of the last record that it takes in
 * @param hasEnded whether nothing of the actor counts any more
 * @param published JSON
 * @param trends title -> when the actor last clicked, viewed or liked it, in ms; null: no longer. Only what has changed,
 *     or all
 */
public record Publication(
    String actor,
    int partition,
    long offset,
    boolean hasEnded,
    String published,
    Map<Long, Long> trends) {

  static Publication of(String actor, ActorState state, Map<Long, Long> trends) {
    return new Publication(
        actor, state.partition, state.offset, state.hasEnded, state.published(), trends);
  }

  /** This one and the next of the same actor in one. */
  Publication followedBy(Publication next) {
    Map<Long, Long> both = new TreeMap<>(trends);
    both.putAll(next.trends);
    return new Publication(
        actor, next.partition, next.offset, next.hasEnded, next.published, both);
  }
}
