package anime.events;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one actor did lately: a pure function of the set of their records, in whatever order, however often.
 *
 * <p>The same as {@code events/actor_state.py}, bound for bound; a test compares the two. The fields are public, and
 * not final, because Flink reads and writes them.
 */
public class ActorState {
  static final Duration STATE_KEPT = Duration.ofDays(7); // after an actor's last record, and in trends
  static final Duration PUBLISHED_KEPT = Duration.ofDays(2); // nobody asks for what was done before
  static final int MAX_EVENTS = 500; // the newest ones, undone ones among them
  static final int MAX_TITLES = 50;
  static final int MAX_UNDONE = 500; // ids that were undone before their event came
  static final int KNOWN_IDS = 200; // of the newest events, published to tell repeats
  private static final Set<String> TRENDING = Set.of("click", "view", "like");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By id, at most MAX_EVENTS. */
  public Map<String, Kept> events = new HashMap<>();

  /** Ids without their event yet, oldest first. */
  public List<String> undone = new ArrayList<>();

  public boolean hasEnded;

  /** Of the last record that was applied. */
  public int partition;

  public long offset;

  /**
   * What a record changed.
   *
   * @param trends title -> when the actor last clicked, viewed or liked it, in ms; null: no longer
   */
  record Step(boolean isChanged, Map<Long, Long> trends) {}

  /** A title's place among the published ones: impressions alone come last, then the time of the newest event. */
  private record Recency(boolean isMeant, long at) implements Comparable<Recency> {
    @Override
    public int compareTo(Recency other) {
      int byMeaning = Boolean.compare(isMeant, other.isMeant);
      return byMeaning != 0 ? byMeaning : Long.compare(at, other.at);
    }
  }

  /** Takes in a record; a repeat changes nothing. */
  Step apply(LogRecord record) {
    partition = record.partition();
    offset = record.offset();
    if (hasEnded) {
      return new Step(false, Map.of());
    }
    Map<Long, Long> before = trends();
    boolean isChanged =
        switch (record.change()) {
          case EVENT -> add(record);
          case UNDONE -> undo(record.eventId());
          case ENDED -> end();
        };
    return new Step(isChanged, isChanged ? differences(before, trends()) : Map.of());
  }

  /** Title -> when it was last clicked, viewed or liked. */
  Map<Long, Long> trends() {
    Map<Long, Long> found = new HashMap<>();
    for (Kept event : events.values()) {
      if (!event.isUndone() && TRENDING.contains(event.kind())) {
        found.merge(event.animeId(), event.happenedAt(), Math::max);
      }
    }
    return found;
  }

  /** What Redis holds for the servers, as JSON: see {@code ActorState.published} in Python. */
  String published() {
    ObjectNode published = JSON.createObjectNode();
    if (hasEnded) {
      return published.put("ended", true).toString();
    }
    Map<Long, Map<String, Integer>> counts = new HashMap<>();
    Map<Long, Recency> newest = new HashMap<>();
    for (Kept event : events.values()) {
      if (!event.isUndone()) {
        counts.computeIfAbsent(event.animeId(), id -> new TreeMap<>()).merge(event.kind(), 1, Integer::sum);
        // whatever else happened with a title, its impressions do not make it newer
        Recency recency = new Recency(!event.kind().equals("impression"), event.happenedAt());
        newest.merge(event.animeId(), recency, (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }
    ArrayNode titles = published.putArray("titles");
    newest.entrySet().stream()
        .sorted(
            Map.Entry.<Long, Recency>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey())
                .reversed())
        .limit(MAX_TITLES)
        .forEach(
            title -> {
              ObjectNode kinds =
                  titles.addArray().add(title.getKey()).add(title.getValue().at()).addObject();
              counts.get(title.getKey()).forEach(kinds::put);
            });
    ArrayNode ids = published.putArray("ids");
    events.values().stream()
        .sorted(Comparator.reverseOrder())
        .limit(KNOWN_IDS)
        .forEach(event -> ids.add(event.eventId()));
    return published.toString();
  }

  private boolean add(LogRecord record) {
    String id = record.eventId();
    if (events.containsKey(id)) {
      return false;
    }
    boolean isUndone = undone.remove(id);
    events.put(id, new Kept(record.happenedAt(), id, record.kind(), record.animeId(), isUndone));
    if (events.size() > MAX_EVENTS) {
      events.remove(Collections.min(events.values()).eventId());
    }
    return events.containsKey(id);
  }

  private boolean undo(String id) {
    Kept kept = events.get(id);
    if (kept != null) {
      events.put(id, kept.undo());
      return !kept.isUndone();
    }
    if (undone.contains(id)) {
      return false;
    }
    undone.add(id);
    if (undone.size() > MAX_UNDONE) {
      undone.remove(0);
    }
    return true;
  }

  private boolean end() {
    events = new HashMap<>();
    undone = new ArrayList<>();
    hasEnded = true;
    return true;
  }

  private static Map<Long, Long> differences(Map<Long, Long> before, Map<Long, Long> after) {
    Set<Long> titles = new TreeSet<>(before.keySet());
    titles.addAll(after.keySet());
    Map<Long, Long> found = new TreeMap<>();
    for (Long title : titles) {
      if (!Objects.equals(before.get(title), after.get(title))) {
        found.put(title, after.get(title));
      }
    }
    return found;
  }
}
