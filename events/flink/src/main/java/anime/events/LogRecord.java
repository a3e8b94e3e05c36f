package anime.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A record of the topic, as {@code events/records.py} writes it.
 *
 * @param actor the record's key
 * @param eventId of an event, and of an undo
 * @param kind, animeId, happenedAt (in ms) of an event
 */
public record LogRecord(
    String actor,
    int partition,
    long offset,
    Change change,
    String eventId,
    String kind,
    long animeId,
    long happenedAt) {

  /** An event came; it never was; or nothing of the actor counts any more. */
  public enum Change {
    EVENT,
    UNDONE,
    ENDED
  }

  private static final Set<String> KINDS = Set.of("view", "click", "like", "dismiss", "impression");
  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern ACTOR = Pattern.compile("session:" + UUID + "|user:[0-9]{1,18}");
  private static final long FIRST_MS = -62_135_596_800_000L; // the year 1
  private static final long LAST_MS = 253_402_300_799_999L; // the year 9999
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * The record in a key and a value.
   *
   * @throws IllegalArgumentException there is none
   */
  static LogRecord decode(String actor, int partition, long offset, byte[] value) {
    if (actor == null || !ACTOR.matcher(actor).matches()) {
      throw new IllegalArgumentException("the key is '" + actor + "', not an actor");
    }
    if (value == null) {
      throw new IllegalArgumentException("there is no value");
    }
    JsonNode fields = parse(value);
    if (fields.has("undone")) {
      String id = uuid(fields, "undone");
      return new LogRecord(actor, partition, offset, Change.UNDONE, id, null, 0, 0);
    }
    if (fields.has("ended")) {
      return new LogRecord(actor, partition, offset, Change.ENDED, null, null, 0, 0);
    }
    if (fields.has("session_id")) {
      uuid(fields, "session_id");
    }
    String kind = fields.path("kind").asText();
    if (!KINDS.contains(kind)) {
      throw new IllegalArgumentException("kind is '" + kind + "', not one of " + KINDS);
    }
    String id = uuid(fields, "event_id");
    long animeId = number(fields, "anime_id", Long.MIN_VALUE, Long.MAX_VALUE);
    long happenedAt = number(fields, "happened_at", FIRST_MS, LAST_MS);
    return new LogRecord(actor, partition, offset, Change.EVENT, id, kind, animeId, happenedAt);
  }

  private static JsonNode parse(byte[] value) {
    JsonNode fields;
    try {
      fields = JSON.readTree(value);
    } catch (JsonProcessingException error) {
      throw new IllegalArgumentException("not JSON: " + error.getOriginalMessage());
    } catch (IOException error) {
      throw new IllegalArgumentException("not text", error);
    }
    if (!fields.isObject()) {
      throw new IllegalArgumentException("not an object");
    }
    return fields;
  }

  private static String uuid(JsonNode fields, String name) {
    String text = fields.path(name).isTextual() ? fields.path(name).textValue().toLowerCase() : "";
    if (!UUID.matcher(text).matches()) {
      throw new IllegalArgumentException(name + " is " + fields.path(name) + ", not a UUID");
    }
    return text;
  }

  private static long number(JsonNode fields, String name, long least, long most) {
    JsonNode node = fields.path(name);
    if (!node.isIntegralNumber()
        || !node.canConvertToLong()
        || node.longValue() < least
        || node.longValue() > most) {
      throw new IllegalArgumentException(name + " is " + node + ", not a number in range");
    }
    return node.longValue();
  }
}
