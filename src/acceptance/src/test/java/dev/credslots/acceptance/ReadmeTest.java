package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.ExpiryPolicy;
import dev.credslots.Hold;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.credential.Secret;
import dev.credslots.oauth.Provider;
import dev.credslots.oauth.TokenRefresher;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is this file's, to the letter, and it runs. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("slots.root"));

  @Test
  void the_example_does_what_it_says(@TempDir Path scratch) throws IOException {
    CredentialsDirectory directory = CredentialsDirectory.create(scratch.resolve("claude"));
    directory.slot("bob", FakeLogin.of("bob"));
    directory.slot("alice", FakeLogin.of("alice"));
    directory.link("bob");
    example(directory.path());
    assertEquals("alice", directory.linkTarget().orElseThrow());
  }

  private static void example(Path credentialsDirectory) {
    // README
    TokenRefresher refresher =
        new TokenRefresher(
            Provider.CLAUDE, Duration.ofMinutes(5), Clock.systemUTC(), System.err::println);
    SlotManager slots =
        SlotManager.builder(credentialsDirectory)
            .slots("bob", "alice", "erik")
            .expiryPolicy(ExpiryPolicy.REFRESH)
            .renewer(refresher)
            .lockGuard(() -> jobRunning() ? List.of(Hold.named("nightly-run")) : List.of())
            .onSwitch((slot, reason) -> System.out.println(slot + ": " + reason))
            .build();

    SwitchOutcome outcome =
        slots.switchTo("alice", "bob's quota is used up", SwitchOption.ifActive("bob"));
    if (outcome instanceof SwitchOutcome.Deferred deferred) {
      System.out.println("later: " + deferred.holds());
    } else if (!outcome.ok()) {
      System.out.println(outcome.message());
    }
    String answer = refresher.withToken(slots, "alice", token -> ask(token)); // twice after a 401
    // README
    assertEquals("hello", answer);
  }

  private static String ask(Secret token) {
    assertFalse(token.isEmpty());
    return "hello";
  }

  private static boolean jobRunning() {
    return false;
  }

  @Test
  void the_example_in_the_readme_is_this_one() throws IOException {
    Path source =
        ROOT.resolve("src/acceptance/src/test/java/dev/credslots/acceptance/ReadmeTest.java");
    String example =
        Files.readString(source)
            .split(" {4}// README\n")[1]
            .lines()
            .map(line -> line.isEmpty() ? line : line.substring(4))
            .collect(Collectors.joining("\n"));
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertTrue(readme.contains(example), () -> "the README lacks:\n" + example);
  }
}
