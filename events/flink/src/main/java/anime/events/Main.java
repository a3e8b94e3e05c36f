package anime.events;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the job and runs it, within this process or on the cluster that it is handed to. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final double ASK_REDIS_PER_SECOND = 1; // whether it still has its data

  private Main() {}

  /** Runs the job until it is stopped. The arguments are settings, see {@link Settings}. */
  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.read(System.getenv(), arguments);
    var environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration(settings));
    build(environment, settings);
    environment.execute("events");
  }

  private static Configuration configuration(Settings settings) throws IOException {
    var configuration = new Configuration();
    settings.parallelism().ifPresent(number -> configuration.set(CoreOptions.DEFAULT_PARALLELISM, number));
    // every event leaves an operator at once
    configuration.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    // a type for which Flink has no serializer of its own is a mistake
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    // the job holds little at a time
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));

    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, settings.checkpoints());
    configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // none completes while Redis is away; the job goes on from where it is
    configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(10));

    Optional<String> newest = Checkpoints.newest(settings.checkpoints());
    LOG.info("starting from {}", newest.orElse("what the topic has of the last days"));
    newest.ifPresent(
        path -> {
          configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, path);
          // it is deleted when newer ones take its place
          configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        });
    return configuration;
  }

  private static void build(StreamExecutionEnvironment environment, Settings settings) {
    environment.setMaxParallelism(128);
    var records =
        KafkaSource.<LogRecord>builder()
            .setProperties(settings.kafka())
            .setBootstrapServers(settings.brokers())
            .setTopics(settings.topic())
            .setGroupId("events-flink") // shows how far it is; it goes by its checkpoint
            .setStartingOffsets(new FirstOffsets(ActorState.STATE_KEPT))
            .setDeserializer(new RecordReader())
            // what comes to one partition waits as long while the others are asked, 500 ms by default
            .setProperty("fetch.max.wait.ms", "20")
            .build();
    var ticks =
        new DataGeneratorSource<>(
            tick -> tick,
            Long.MAX_VALUE,
            RateLimiterStrategy.perSecond(ASK_REDIS_PER_SECOND),
            Types.LONG);
    var copies =
        environment
            .fromSource(ticks, WatermarkStrategy.noWatermarks(), "ticks")
            .uid("ticks")
            .setParallelism(1)
            .flatMap(new RedisCopies(settings.redis()))
            .name("copies of Redis")
            .uid("copies")
            .setParallelism(1)
            .broadcast(ActorFunction.COPY);
    environment
        .fromSource(records, WatermarkStrategy.noWatermarks(), "records")
        .uid("records")
        .keyBy(LogRecord::actor)
        .connect(copies)
        .process(new ActorFunction(settings.endedKept()))
        .name("actors")
        .uid("actors")
        .sinkTo(new RedisSink(settings.redis(), settings.endedKept()))
        .name("Redis")
        .uid("redis");
  }
}
