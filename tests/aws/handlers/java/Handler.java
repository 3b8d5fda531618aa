import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** The tests' handler for AWS's Java runtime interface client: does what its event says, as handlers/python/index.py. */
public class Handler implements RequestHandler<Map<String, Object>, Object> {
  /** An error of the function's own. */
  public static class NoSuchFrame extends RuntimeException {
    NoSuchFrame(String message) {
      super(message);
    }
  }

  public Handler() {
    String failure = System.getenv("FAIL_INIT");
    if (failure != null) throw new NoSuchFrame(failure);
  }

  @Override
  public Object handleRequest(Map<String, Object> event, Context context) {
    try {
      if (event.get("pause_ms") instanceof Number pause) Thread.sleep(pause.longValue());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (event.get("number") instanceof Number number) {
      return number.longValue() * number.longValue();
    }
    if (event.containsKey("context")) {
      Map<String, Object> seen = new TreeMap<>();
      seen.put("request_id", context.getAwsRequestId());
      seen.put("arn", context.getInvokedFunctionArn());
      seen.put("trace_id", System.getProperty("com.amazonaws.xray.traceHeader"));
      seen.put("remaining_ms", context.getRemainingTimeInMillis());
      return seen;
    }
    if (event.get("say") instanceof String line) {
      System.out.println(line);
      return ProcessHandle.current().pid();
    }
    if (event.get("raise") instanceof String message) throw new NoSuchFrame(message);
    if (event.containsKey("count")) {
      int attempt = attempts(event);
      if (attempt <= (int) event.getOrDefault("fails", 0)) {
        throw new NoSuchFrame("attempt " + attempt);
      }
      if (attempt > (int) event.getOrDefault("dies", 0)) return attempt;
    }
    if (event.containsKey("kill") || event.containsKey("dies")) kill();
    return event;
  }

  /** How often this job has been tried, this time included. */
  private static int attempts(Map<String, Object> event) {
    Path file = Path.of((String) event.get("count"));
    try {
      Files.writeString(file, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      return Files.readString(file).length();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Java cannot kill itself by its own means. */
  private static void kill() {
    try {
      new ProcessBuilder("/bin/kill", "-9", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
      Thread.sleep(10_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
