package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that takes no lock renames a fresh login over the live link in the midst of a switch.
 */
class ClientAtAnyMomentTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String FRESH = "sk-ant-ort01-FAKE-fresh";

  @Test
  void a_login_renamed_over_the_link_during_a_switch_is_kept(@TempDir Path scratch)
      throws IOException {
    boolean renamed = true;
    for (int look = 1; renamed; look++) {
      Path directory = Files.createDirectories(scratch.resolve("at-" + look));
      Files.writeString(directory.resolve(".credentials.json.alice"), login("alice"));
      Files.writeString(directory.resolve(".credentials.json.bob"), login("bob"));
      Path live = directory.resolve(".credentials.json");
      Files.createSymbolicLink(live, Path.of(".credentials.json.alice"));
      Interrupting clock = new Interrupting(live, look);

      SlotManager.builder(directory).discoverSlots().clock(clock).build().switchTo("bob", "test");

      renamed = clock.looks >= look;
      assertTrue(!renamed || onDisk(directory), "lost when it came at look " + look);
      assertTrue(look < 1000);
    }
  }

  private static String login(String who) {
    return "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"sk-ant-ort01-FAKE-"
        + who
        + "\",\"expiresAt\":"
        + NOW.plusSeconds(28_000).toEpochMilli()
        + "}}";
  }

  private static boolean onDisk(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file).contains(FRESH)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A clock at one of whose readings the client comes. */
  private static final class Interrupting extends Clock {
    private final Path live;
    private final int when;
    private int looks;

    Interrupting(Path live, int when) {
      this.live = live;
      this.when = when;
    }

    @Override
    public Instant instant() {
      if (++looks == when) {
        try {
          Path temp = live.resolveSibling(".credentials.json.tmp.12345678");
          Files.writeString(temp, login("fresh"));
          Files.move(temp, live, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return NOW;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
