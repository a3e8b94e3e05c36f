/**
 * The Flink job: reads the topic of events, and keeps in Redis what everybody did lately and what is trending.
 *
 * <p>It does what {@code events/consumer.py} does, with the same rules ({@code events/actor_state.py}).
 */
package anime.events;
