package anime.events;

import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps the state of each actor, and publishes it whenever it changes.
 *
 * <p>Its second input names the copy of the data that Redis has (see {@link RedisCopies}): under a new name, Redis may
 * have lost anything, and the state of every actor is published again.
 */
final class ActorFunction
    extends KeyedBroadcastProcessFunction<String, LogRecord, String, Publication> {
  static final MapStateDescriptor<String, String> COPY =
      new MapStateDescriptor<>("copy", Types.STRING, Types.STRING);
  private static final String NAME = "name";

  // an hour more than in Redis: whoever is published there has a state
  private static final Duration LONGER = Duration.ofHours(1);

  private final Duration endedKept;
  private transient ValueState<ActorState> states;
  private transient ValueState<ActorState> ended;

  /**
   * @param endedKept how long it is known that an actor has ended
   */
  ActorFunction(Duration endedKept) {
    this.endedKept = endedKept;
  }

  private static ValueStateDescriptor<ActorState> kept(String name, Duration time) {
    var descriptor = new ValueStateDescriptor<>(name, ActorState.class);
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(time.plus(LONGER)).build());
    return descriptor;
  }

  private ValueStateDescriptor<ActorState> statesKept() {
    return kept("states", ActorState.STATE_KEPT);
  }

  private ValueStateDescriptor<ActorState> endedKept() {
    return kept("ended", endedKept);
  }

  @Override
  public void open(OpenContext context) {
    states = getRuntimeContext().getState(statesKept());
    ended = getRuntimeContext().getState(endedKept());
  }

  @Override
  public void processElement(LogRecord record, ReadOnlyContext context, Collector<Publication> out)
      throws Exception {
    if (ended.value() != null) {
      return;
    }
    ActorState state = states.value() == null ? new ActorState() : states.value();
    ActorState.Step step = state.apply(record);
    if (state.hasEnded) {
      ended.update(state);
      states.clear();
    } else {
      states.update(state);
    }
    if (step.isChanged()) {
      out.collect(Publication.of(record.actor(), state, step.trends()));
    }
  }

  @Override
  public void processBroadcastElement(String name, Context context, Collector<Publication> out)
      throws Exception {
    var copy = context.getBroadcastState(COPY);
    if (name.equals(copy.get(NAME))) {
      return;
    }
    KeyedStateFunction<String, ValueState<ActorState>> publish =
        (actor, stored) -> {
          ActorState state = stored.value();
          if (state != null) {
            out.collect(Publication.of(actor, state, state.trends()));
          }
        };
    context.applyToKeyedState(statesKept(), publish);
    context.applyToKeyedState(endedKept(), publish);
    copy.put(NAME, name);
  }
}
