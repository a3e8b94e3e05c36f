package anime.events;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the job begins that has no checkpoint: as far back as is asked for. One whose checkpoint is older than what the
 * topic still has begins at the oldest record; Flink's own initializer by time would skip to the newest.
 */
@SuppressWarnings("deprecation") // the interface names a deprecated class
final class FirstOffsets implements OffsetsInitializer {
  private final OffsetsInitializer byTime;

  FirstOffsets(Duration ago) {
    byTime = OffsetsInitializer.timestamp(System.currentTimeMillis() - ago.toMillis());
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    return byTime.getPartitionOffsets(partitions, retriever);
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.EARLIEST;
  }
}
