package anime.events;

/** An event in the state of an actor; ordered by time (in ms), then by id. */
public record Kept(long happenedAt, String eventId, String kind, long animeId, boolean isUndone)
    implements Comparable<Kept> {

  @Override
  public int compareTo(Kept other) {
    int byTime = Long.compare(happenedAt, other.happenedAt);
    return byTime != 0 ? byTime : eventId.compareTo(other.eventId);
  }

  Kept undo() {
    return new Kept(happenedAt, eventId, kind, animeId, true);
  }
}
