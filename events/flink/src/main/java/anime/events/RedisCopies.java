package anime.events;

import java.net.URI;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Names the copy of the data that Redis has, whenever it is asked and Redis answers: by the process, which is another
 * one after a restart or a failover, and by a random key in it, which is gone when its data are.
 */
final class RedisCopies extends RichFlatMapFunction<Long, String> {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCopies.class);
  private static final String KEY = "events:copy";

  private final URI uri;
  private transient RedisConnection redis;

  RedisCopies(URI uri) {
    this.uri = uri;
  }

  @Override
  public void open(OpenContext context) {
    redis = new RedisConnection(uri);
  }

  @Override
  public void flatMap(Long tick, Collector<String> out) {
    String name;
    try {
      name = redis.once(RedisCopies::name);
    } catch (JedisException error) { // the sink says so
      LOG.debug("Redis is away", error);
      return;
    }
    out.collect(name);
  }

  private static String name(Jedis jedis) {
    jedis.set(KEY, UUID.randomUUID().toString(), SetParams.setParams().nx());
    String process =
        jedis.info("server").lines().filter(line -> line.startsWith("run_id:")).findFirst().orElse("");
    return process + " " + jedis.get(KEY);
  }

  @Override
  public void close() {
    if (redis != null) {
      redis.close();
    }
  }
}
