package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.cli.World.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code slots watch}, in threads of this process; signals have a test of the built program. */
@Timeout(60)
class WatchCommandTest {
  @TempDir Path temp;
  private World world;
  private final Reader reader = new Reader();
  private final List<CompletableFuture<Integer>> running = new ArrayList<>();

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
    world.run("capture", "bob");
  }

  @AfterEach
  void endWhatRuns() throws Exception {
    reader.enough = true;
    refresh("bob-end");
    for (CompletableFuture<Integer> one : running) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  /** Takes lines until it has had enough, as {@code head} does. */
  private static final class Reader extends OutputStream {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private volatile boolean enough;

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
      if (enough) {
        throw new IOException("Broken pipe");
      }
      all.write(bytes, from, length);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    private synchronized List<String> lines() {
      return all.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> await(int count) throws Exception {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (lines().size() < count) {
        if (System.nanoTime() > end) {
          fail("never " + count + " lines: " + lines());
        }
        Thread.sleep(2);
      }
      return lines();
    }
  }

  private CompletableFuture<Integer> watch(String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "watch";
    System.arraycopy(options, 0, args, 1, options.length);
    Surroundings surroundings =
        new Surroundings(
            world.environment,
            world.home,
            "",
            reader,
            new ByteArrayOutputStream(),
            Surroundings.Terminal.NO,
            Clock.fixed(World.NOW, ZoneOffset.UTC));
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(
            () -> new Cli(surroundings).run(args), task -> new Thread(task, "slots watch").start());
    running.add(exit);
    return exit;
  }

  /** The same login, later: the token that bob has, with another end. */
  private void refresh(String access) throws Exception {
    Path file = world.claude.resolve(".credentials.json.tmp.0badcafe");
    world.write(file.getFileName().toString(), World.login(access, "bob", Duration.ofHours(8)));
    Files.move(
        file, world.live(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void a_line_an_event_for_people() throws Exception {
    watch();
    assertEquals(
        "2026-05-01T10:00:00Z  started          bob  watching "
            + world.claude
            + "; slot bob is live",
        reader.await(1).get(0));
    refresh("bob-2");
    assertEquals(
        "2026-05-01T10:00:00Z  healed           bob  healed: the live login was stored in slot bob;"
            + " the live link leads to bob",
        reader.await(2).get(1));
    assertTrue(Files.isSymbolicLink(world.live()));
  }

  @Test
  void an_object_an_event_for_programs() throws Exception {
    watch("--json", "--heal", "report");
    reader.await(1);
    refresh("bob-2");
    List<String> lines = reader.await(2);
    for (String line : lines) {
      JsonNode object = new ObjectMapper().readTree(line);
      assertEquals(
          List.of(
              "schemaVersion",
              "at",
              "event",
              "slot",
              "message",
              "verdict",
              "active",
              "sha256",
              "loginEndsAt",
              "days",
              "holds",
              "warnings"),
          LookingCommandsTest.fields(object));
      assertEquals(1, object.get("schemaVersion").asInt());
      assertEquals(World.NOW.toString(), object.get("at").asText());
    }
    JsonNode started = new ObjectMapper().readTree(lines.get(0));
    assertEquals("started", started.get("event").asText());
    assertEquals("bob", started.get("active").asText());
    JsonNode drifted = new ObjectMapper().readTree(lines.get(1));
    assertEquals("drifted", drifted.get("event").asText());
    assertEquals("own-lineage", drifted.get("verdict").asText());
    assertEquals(64, drifted.get("sha256").asText().length());
    assertTrue(drifted.get("active").isNull());
    assertFalse(Files.isSymbolicLink(world.live()), "report changes nothing");
  }

  @Test
  void a_reader_that_has_had_enough_ends_it() throws Exception {
    CompletableFuture<Integer> exit = watch();
    reader.await(1);
    reader.enough = true;
    refresh("bob-2");
    assertEquals(0, exit.get(30, TimeUnit.SECONDS));
    // And the lock is free for the next.
    reader.enough = false;
    watch();
    reader.await(2);
  }

  @Test
  void a_second_watcher_is_refused_with_a_sentence() throws Exception {
    watch();
    reader.await(1);
    Result second = world.run("watch");
    assertEquals(3, second.exit());
    assertEquals(
        "slots: another watcher is watching "
            + world.claude
            + " already; leave it to that one, or end it first\n",
        second.err());
    JsonNode error = world.run("watch", "--json").json(3).get("error");
    assertEquals("already-watched", error.get("code").asText());
  }

  @Test
  void what_cannot_be_understood_is_said_before_anything_is_watched() {
    assertEquals(
        "slots: --heal is auto or report, not 'always'; see slots help watch\n",
        world.run("watch", "--heal", "always").err());
    assertEquals(2, world.run("watch", "--heal", "always").exit());
    assertEquals(2, world.run("watch", "--poll", "0s").exit());
    assertEquals(2, world.run("watch", "--poll", "soon").exit());
    assertEquals(2, world.run("watch", "bob").exit());
  }
}
