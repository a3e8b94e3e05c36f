package anime.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * For the test that compares the two languages: reads lines of {@code actor <tab> value}, and prints for each one, as a
 * line of JSON, whether it changed anything, what of the trends, and the state; or {@code null} where it is malformed.
 */
final class Reduce {
  private Reduce() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, ActorState> states = new HashMap<>();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var answers = new StringBuilder();
    long offset = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split("\t", 2);
      answers.append(answer(states, parts[0], offset++, parts[1])).append('\n');
    }
    System.out.write(answers.toString().getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  private static String answer(Map<String, ActorState> states, String actor, long offset, String value) {
    LogRecord record;
    try {
      record = LogRecord.decode(actor, 0, offset, value.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      return "null";
    }
    ActorState state = states.computeIfAbsent(actor, key -> new ActorState());
    ActorState.Step step = state.apply(record);
    var trends = new StringBuilder();
    step.trends()
        .forEach(
            (title, at) ->
                trends.append(trends.isEmpty() ? "" : ", ").append('"').append(title).append("\": ").append(at));
    return "{\"is_changed\": %s, \"trends\": {%s}, \"published\": %s}"
        .formatted(step.isChanged(), trends, state.published());
  }
}
