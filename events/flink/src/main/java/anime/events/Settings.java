package anime.events;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of the job; the ones in parentheses are those of the server.
 *
 * @param brokers, topic (EVENT_LOG), {@code kafka://host:port,host:port/topic}
 * @param kafka KAFKA_PROPERTIES, a file: encryption, a password
 * @param redis (RECENT_EVENTS), {@code redis://…} or {@code rediss://…}
 * @param endedKept (EVENT_RETENTION_DAYS), how long it is known that an actor has ended
 * @param checkpoints CHECKPOINTS, a folder, or an address that Flink knows
 * @param checkpointInterval CHECKPOINT_SECONDS, 10 by default
 * @param parallelism PARALLELISM; by default what Flink is told
 */
record Settings(
    String brokers,
    String topic,
    Properties kafka,
    URI redis,
    Duration endedKept,
    String checkpoints,
    Duration checkpointInterval,
    OptionalInt parallelism) {
  private static final Pattern LOG = Pattern.compile("kafka://([^/?]+)/([^/?]+)(\\?.*)?");

  /**
   * Settings from the environment, and from arguments {@code NAME=value}, which count for more.
   *
   * @throws IllegalArgumentException one is missing or wrong
   */
  static Settings read(Map<String, String> environment, String[] arguments) throws IOException {
    Map<String, String> values = new HashMap<>(environment);
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      if (parts.length < 2) {
        throw new IllegalArgumentException("argument '" + argument + "' is not NAME=value");
      }
      values.put(parts[0], parts[1]);
    }
    Matcher log = LOG.matcher(required(values, "EVENT_LOG"));
    if (!log.matches()) {
      throw new IllegalArgumentException(
          "EVENT_LOG is not kafka://host:port,host:port/topic, which is what the job reads");
    }
    Properties kafka = properties(values.getOrDefault("KAFKA_PROPERTIES", ""));
    if (log.group(3) != null && kafka.isEmpty()) {
      throw new IllegalArgumentException(
          "the options in EVENT_LOG are not those of Java's client; "
              + "name a file with its settings: KAFKA_PROPERTIES=/path/client.properties");
    }
    String checkpoints = required(values, "CHECKPOINTS");
    return new Settings(
        log.group(1),
        log.group(2),
        kafka,
        URI.create(required(values, "RECENT_EVENTS")),
        Duration.ofDays(number(values, "EVENT_RETENTION_DAYS").orElse(30)),
        checkpoints.contains("://") ? checkpoints : Path.of(checkpoints).toUri().toString(),
        Duration.ofSeconds(number(values, "CHECKPOINT_SECONDS").orElse(10)),
        number(values, "PARALLELISM"));
  }

  private static Properties properties(String path) throws IOException {
    var properties = new Properties();
    if (!path.isEmpty()) {
      try (var reader = Files.newBufferedReader(Path.of(path))) {
        properties.load(reader);
      }
    }
    return properties;
  }

  private static String required(Map<String, String> values, String name) {
    String value = values.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is not set; see docs/events.md");
    }
    return value;
  }

  private static OptionalInt number(Map<String, String> values, String name) {
    String value = values.getOrDefault(name, "");
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!value.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException(name + " is '" + value + "', not a whole number from 1");
    }
    return OptionalInt.of(Integer.parseInt(value));
  }
}
