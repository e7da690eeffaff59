package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A running {@code slots watch}, started by the launcher as its users do, and what it has said. */
final class Watching implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("slots.root"));
  private static final long LIMIT_SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path errors;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Watching(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    Thread reader = new Thread(this::read, "reader of slots watch");
    reader.setDaemon(true);
    reader.start();
  }

  /** Watches a directory and says so in JSON. */
  static Watching of(Path directory, Path scratch, String... options) throws Exception {
    List<String> command = new ArrayList<>(launcher());
    command.addAll(List.of("watch", "--json", "--dir", directory.toString()));
    command.addAll(List.of(options));
    Watching watching = start(command, scratch, Map.of());
    watching.await(line -> line.contains("\"started\""), "it says that it has started");
    return watching;
  }

  static List<String> launcher() {
    return List.of(ROOT.resolve("cli/slots").toString());
  }

  /** Starts a command that becomes, or starts, a watcher; says nothing of whether it has begun. */
  static Watching start(List<String> command, Path scratch, Map<String, String> more)
      throws IOException {
    Path home = Files.createDirectories(scratch.resolve("home"));
    Path errors = Files.createTempFile(scratch, "watch", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("SLOTS_JAVA_HOME", System.getProperty("java.home"));
    environment.put("SLOTS_NO_ARCHIVE", "1");
    environment.putAll(more);
    return new Watching(builder.start(), errors);
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException closed) {
      // By the test, which has read enough.
    }
  }

  List<String> lines() {
    return lines;
  }

  /** Everything of one kind, in order. */
  List<JsonNode> events(String kind) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : lines) {
      JsonNode object = JSON.readTree(line);
      if (object.path("event").asText().equals(kind)) {
        events.add(object);
      }
    }
    return events;
  }

  /** Waits for a line, and says what there was instead. */
  void await(Predicate<String> wanted, String what) throws Exception {
    until(() -> lines.stream().anyMatch(wanted), what);
  }

  /** A condition to wait for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  void until(Condition condition, String what) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        fail("never: " + what + "\n" + String.join("\n", lines) + "\n" + errors());
      }
      Thread.sleep(5);
    }
  }

  /** Of the JVM, where the launcher became it. */
  long pid() {
    return process.pid();
  }

  void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
    assertTrue(kill.waitFor() == 0, "kill -" + name);
  }

  int exit() throws Exception {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "it does not end: " + lines);
    return process.exitValue();
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Kilobytes it has in memory, as the kernel says. */
  long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmRSS of " + pid());
  }

  @Override
  public void close() throws Exception {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }
}
