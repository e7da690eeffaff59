package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.credential.Secret;
import dev.credslots.internal.posix.Exec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** A home directory with a credentials directory, and the command running in it. */
final class World {
  static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

  final Path home;
  final Path claude;
  final Map<String, String> environment = new TreeMap<>();
  Surroundings.Terminal terminal = Surroundings.Terminal.NO;
  String input = "";
  Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  /** Without programs, so that no test finds this machine's keyring. */
  Machine machine = new Machine("Linux", List.of(), Path.of("/nonexistent"));

  final FakePrograms programs = new FakePrograms();
  final Typing typing = new Typing();

  World(Path temp) throws Exception {
    home = temp;
    claude = Files.createDirectories(temp.resolve(".claude"));
    Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwx------"));
    environment.put("HOME", home.toString());
    environment.put("CLAUDE_OAUTH_TOKEN_URL", "http://127.0.0.1:9/token"); // nobody's
  }

  /** bob, who is live, and alice: fresh; erik: expired. */
  static World ofThree(Path temp) throws Exception {
    World world = new World(temp);
    world.slot("alice", Duration.ofHours(7));
    world.slot("bob", Duration.ofMinutes(372));
    world.write(
        ".credentials.json.erik",
        "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE-erik\",\"expiresAt\":1}}");
    world.link("bob");
    return world;
  }

  void slot(String name, Duration left) throws Exception {
    write(".credentials.json." + name, login(name, name, left));
  }

  static String login(String access, String refresh, Duration left) {
    return "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE-"
        + access
        + "\",\"refreshToken\":\"sk-ant-ort01-FAKE-"
        + refresh
        + "\",\"expiresAt\":"
        + NOW.plus(left).toEpochMilli()
        + "}}";
  }

  Path live() {
    return claude.resolve(".credentials.json");
  }

  void link(String slot) throws Exception {
    Files.deleteIfExists(live());
    Files.createSymbolicLink(live(), Path.of(".credentials.json." + slot));
  }

  /** What a client does: a new file in the place of the link. */
  void detach(String content) throws Exception {
    Files.deleteIfExists(live());
    write(".credentials.json", content);
  }

  void write(String name, String content) throws Exception {
    Path file = Files.writeString(claude.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  Path config(String json) throws Exception {
    Path file = home.resolve(".config/slots/config.json");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, json);
  }

  record Result(int exit, String out, String err) {
    JsonNode json() throws Exception {
      assertEquals(1, out.lines().count(), out);
      JsonNode object = new ObjectMapper().readTree(out);
      assertEquals(1, object.get("schemaVersion").asInt());
      return object;
    }

    JsonNode json(int expectedExit) throws Exception {
      assertEquals(expectedExit, exit, out + err);
      return json();
    }
  }

  /** Starts nothing, and remembers what was to be started. */
  static final class FakePrograms implements Programs {
    final List<Exec.Program> become = new ArrayList<>();

    /** What a program does that is run to its end, given its environment's changes. */
    ToIntFunction<Exec.Program> child = program -> 0;

    @Override
    public Exec.Refusal become(Exec.Program program) {
      become.add(program);
      return new Exec.Refusal(Exec.Kind.NOT_FOUND, "No such file or directory");
    }

    @Override
    public Exec.Refusal standInFor(Exec.Program program) {
      return become(program);
    }

    @Override
    public int run(List<String> words, Map<String, String> set, Set<String> unset) {
      return child.applyAsInt(new Exec.Program(words, set, unset, Set.of()));
    }
  }

  /** Somebody at the terminal, who answers in turn; nobody once there is no answer left. */
  static final class Typing implements Keyboard {
    /** As an answer: Ctrl-D, the end of the input. */
    static final String END = "\u0004";

    final Deque<String> answers = new ArrayDeque<>();
    final List<String> asked = new ArrayList<>();
    private boolean ended;

    @Override
    public boolean present() {
      return !answers.isEmpty();
    }

    @Override
    public Optional<Secret> secret(String prompt) {
      Optional<String> answer = answer(prompt);
      ended = answer.equals(Optional.of(END));
      return answer.map(text -> Secret.of(text.replace(END, "")));
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public Optional<Boolean> yes(String question) {
      return answer(question).map("y"::equals);
    }

    private Optional<String> answer(String prompt) {
      asked.add(prompt);
      return Optional.ofNullable(answers.poll());
    }
  }

  Surroundings surroundings(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Surroundings(
        environment,
        home,
        "",
        out,
        err,
        terminal,
        clock,
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        machine,
        programs,
        typing);
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = new Cli(surroundings(out, err)).run(args);
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
