package dev.credslots.internal.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.SlotManager;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Without the launcher's archive, loading jffi takes longer than all the rest of a switch. */
class LoadedWhenUsedTest {
  private static final Pattern NATIVE = Pattern.compile("\\b(jnr|com\\.kenai)\\.");

  @TempDir Path scratch;
  private CredentialsDirectory directory;

  @BeforeEach
  void two_slots() throws IOException {
    directory =
        CredentialsDirectory.create(scratch.toRealPath().resolve("claude"))
            .slot("alice", FakeLogin.of("alice"))
            .slot("bob", FakeLogin.of("bob"))
            .link("bob");
  }

  @Test
  void looking_and_switching_to_what_is_active_load_nothing_native() throws Exception {
    String loaded = loadedBy(Look.class, directory.path().toString());

    assertTrue(loaded.contains("dev.credslots.Switching"), loaded);
    assertFalse(NATIVE.matcher(loaded).find(), loaded);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_exchange_does() throws Exception {
    String loaded =
        loadedBy(
            Swap.class,
            directory.slotFile("alice").toString(),
            directory.slotFile("bob").toString());

    assertTrue(NATIVE.matcher(loaded).find(), loaded);
  }

  private String loadedBy(Class<?> main, String... arguments) throws Exception {
    FreshJvm.Result result =
        FreshJvm.run(List.of("-Xlog:class+load:stdout"), main, scratch, arguments);
    assertEquals(0, result.exit(), result::err);
    return result
        .out()
        .lines()
        .filter(line -> line.contains("slots") || NATIVE.matcher(line).find())
        .map(line -> line.replaceFirst(" source: .*", ""))
        .reduce("", (all, line) -> all + line + "\n");
  }

  static final class Look {
    public static void main(String[] arguments) {
      SlotManager manager =
          SlotManager.builder(Path.of(arguments[0])).slots("alice", "bob").build();
      manager.status();
      if (manager.heal().ok() || !manager.switchTo("bob", "test").ok()) {
        throw new AssertionError("drift, or not active");
      }
    }
  }

  static final class Swap {
    public static void main(String[] arguments) throws IOException {
      if (Exchange.swap(Path.of(arguments[0]), Path.of(arguments[1])) != Exchange.Outcome.SWAPPED) {
        throw new AssertionError("not swapped");
      }
    }
  }
}
