package anime.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Writes publications to Redis, each at once and whole. The same one may come again, and after a restart older ones do:
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
    return new Writer(new RedisConnection(uri), endedKept, script());
  }

  private static String script() {
    try (var stream = RedisSink.class.getResourceAsStream("/publish.lua")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Has nothing to flush: what was written is in Redis. */
  private static final class Writer implements SinkWriter<Publication> {
    private final RedisConnection redis;
    private final Duration endedKept;
    private final String script;
    private String hash;

    Writer(RedisConnection redis, Duration endedKept, String script) {
      this.redis = redis;
      this.endedKept = endedKept;
      this.script = script;
    }

    @Override
    public void write(Publication publication, Context context) throws InterruptedException {
      String actor = publication.actor();
      List<String> keys = List.of("recent:" + actor, "applied:" + actor, "trending:titles");
      List<String> arguments = new ArrayList<>();
      arguments.add(actor);
      arguments.add(Integer.toString(publication.partition()));
      arguments.add(Long.toString(publication.offset()));
      arguments.add(publication.published());
      Duration kept = publication.hasEnded() ? endedKept : ActorState.PUBLISHED_KEPT;
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
      redis.retrying(jedis -> run(jedis, keys, arguments));
    }

    private Object run(Jedis jedis, List<String> keys, List<String> arguments) {
      if (hash == null) {
        hash = jedis.scriptLoad(script);
      }
      try {
        return jedis.evalsha(hash, keys, arguments);
      } catch (JedisNoScriptException forgotten) { // by a Redis that was restarted
        return jedis.eval(script, keys, arguments);
      }
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {
      redis.close();
    }
  }
}
