package anime.events;

import java.net.URI;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A connection to Redis that is made when it is needed, and again after it broke. */
final class RedisConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);
  private static final int TIMEOUT_MS = 2_000;
  private static final long FIRST_WAIT_MS = 50;
  private static final long LONGEST_WAIT_MS = 1_000;

  private final URI uri;
  private Jedis jedis;

  RedisConnection(URI uri) {
    this.uri = uri;
  }

  /**
   * The result of commands, once.
   *
   * @throws JedisException they failed
   */
  <T> T once(Function<Jedis, T> commands) {
    try {
      if (jedis == null) {
        jedis = new Jedis(uri, TIMEOUT_MS);
      }
      return commands.apply(jedis);
    } catch (JedisException error) {
      close();
      throw error;
    }
  }

  /** The result of commands that may run again: they are tried until they succeed. */
  <T> T retrying(Function<Jedis, T> commands) throws InterruptedException {
    long wait = FIRST_WAIT_MS;
    while (true) {
      try {
        return once(commands);
      } catch (JedisException error) {
        LOG.warn("Redis at {}:{}, tried again in {} ms: {}", uri.getHost(), uri.getPort(), wait, error.toString());
      }
      Thread.sleep(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }

  @Override
  public void close() {
    if (jedis != null) {
      try {
        jedis.close();
      } catch (JedisException error) {
        LOG.debug("closing a broken connection", error);
      }
      jedis = null;
    }
  }
}
