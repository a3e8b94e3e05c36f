package anime.events;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads records of the topic; one that is malformed is counted, logged and skipped. */
final class RecordReader implements KafkaRecordDeserializationSchema<LogRecord> {
  private static final Logger LOG = LoggerFactory.getLogger(RecordReader.class);

  private transient Counter malformed;

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    malformed = context.getMetricGroup().counter("malformedRecords");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LogRecord> out) {
    String actor = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    LogRecord decoded;
    try {
      decoded = LogRecord.decode(actor, record.partition(), record.offset(), record.value());
    } catch (IllegalArgumentException error) {
      malformed.inc();
      LOG.warn(
          "skipped record {} of {}-{}, which is malformed: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          error.getMessage());
      return;
    }
    out.collect(decoded);
  }

  @Override
  public TypeInformation<LogRecord> getProducedType() {
    return TypeInformation.of(LogRecord.class);
  }
}
