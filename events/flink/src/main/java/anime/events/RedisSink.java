package anime.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes publications to Redis, each whole. The same one may come again, and after a restart older ones do:
 * the script {@code publish.lua} leaves what is newer alone.
 */
final class RedisSink implements Sink<Publication> {
  private final URI uri;
  private final Duration endedKept;

  /**
   * @param endedKept how long it is known that an actor has ended
   */
  RedisSink(URI uri, Duration endedKept) {
    this.uri = uri;
    this.endedKept = endedKept;
  }

  @Override
  public SinkWriter<Publication> createWriter(WriterInitContext context) {
    return new Writer(
        new RedisConnection(uri), endedKept, script(), context.getProcessingTimeService());
  }

  private static String script() {
    try (var stream = RedisSink.class.getResourceAsStream("/publish.lua")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Sends what comes within a millisecond at once; of an actor, the newest. */
  private static final class Writer implements SinkWriter<Publication> {
    private static final int AT_ONCE = 200;
    private static final long WAIT_MS = 1;

    private final RedisConnection redis;
    private final Duration endedKept;
    private final String script;
    private final ProcessingTimeService clock;
    private final Map<String, Publication> pending = new LinkedHashMap<>();
    private String hash;

    Writer(RedisConnection redis, Duration endedKept, String script, ProcessingTimeService clock) {
      this.redis = redis;
      this.endedKept = endedKept;
      this.script = script;
      this.clock = clock;
    }

    @Override
    public void write(Publication publication, Context context) throws InterruptedException {
      if (pending.isEmpty()) {
        // in the thread of the writer, like all its calls
        clock.registerTimer(clock.getCurrentProcessingTime() + WAIT_MS, time -> send());
      }
      pending.merge(publication.actor(), publication, Publication::followedBy);
      if (pending.size() >= AT_ONCE) {
        send();
      }
    }

    /** Before a checkpoint. */
    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
      send();
    }

    private void send() throws InterruptedException {
      if (!pending.isEmpty()) {
        redis.retrying(this::send);
        pending.clear();
      }
    }

    private Void send(Jedis jedis) {
      try {
        if (hash == null) {
          hash = jedis.scriptLoad(script);
        }
        Pipeline pipeline = jedis.pipelined();
        List<Response<Object>> answers =
            pending.values().stream()
                .map(one -> pipeline.evalsha(hash, keys(one), arguments(one)))
                .toList();
        pipeline.sync();
        answers.forEach(Response::get); // throws what failed
        return null;
      } catch (JedisException error) {
        hash = null; // a Redis that was restarted has forgotten it
        throw error;
      }
    }

    private static List<String> keys(Publication publication) {
      String actor = publication.actor();
      return List.of("recent:" + actor, "applied:" + actor, "trending:titles");
    }

    private List<String> arguments(Publication publication) {
      Duration kept = publication.hasEnded() ? endedKept : ActorState.PUBLISHED_KEPT;
      List<String> arguments = new ArrayList<>();
      arguments.add(publication.actor());
      arguments.add(Integer.toString(publication.partition()));
      arguments.add(Long.toString(publication.offset()));
      arguments.add(publication.published());
      arguments.add(Long.toString(kept.toSeconds()));
      arguments.add(Long.toString(ActorState.STATE_KEPT.toSeconds()));
      arguments.add(Long.toString(System.currentTimeMillis() - ActorState.STATE_KEPT.toMillis()));
      publication
          .trends()
          .forEach(
              (title, at) -> {
                arguments.add(title.toString());
                arguments.add(at == null ? "" : at.toString());
              });
      return arguments;
    }

    @Override
    public void close() {
      redis.close();
    }
  }
}
