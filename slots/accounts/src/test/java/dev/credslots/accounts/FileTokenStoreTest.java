package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Secret;
import dev.credslots.testkit.Canary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTokenStoreTest {
  private static final Canary CANARY = Canary.of(2);
  private static final Secret SECRET = Secret.of(CANARY.token());

  @TempDir Path temp;
  private Path file;
  private FileTokenStore store;
  private final List<String> notices = new ArrayList<>();

  @BeforeEach
  void a_store_that_is_not_there_yet() {
    file = temp.resolve("share").resolve("slots").resolve("tokens.json");
    store = new FileTokenStore(file, Duration.ofSeconds(5), notices::add);
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void what_is_kept_is_found_until_it_is_removed() throws Exception {
    assertEquals(Optional.empty(), store.read("claude-token"));
    assertFalse(Files.exists(file.getParent()), "looking makes nothing");

    store.write("claude-token", Secret.of("old"));
    store.write("claude-token", SECRET);
    store.write("codex-token", Secret.of("a\"b\\u0041"));

    FileTokenStore another = new FileTokenStore(file);
    assertEquals(Optional.of(SECRET), another.read("claude-token"));
    assertEquals(Optional.of(Secret.of("a\"b\\u0041")), another.read("codex-token"));
    assertEquals(List.of("claude-token", "codex-token"), another.list(List.of()));
    assertTrue(store.remove("claude-token"));
    assertFalse(store.remove("claude-token"));
    assertEquals(Optional.empty(), another.read("claude-token"));
    assertEquals(List.of("codex-token"), another.list(List.of("claude-token")));
  }

  @Test
  void it_is_its_owners_alone() throws Exception {
    store.write("claude-token", SECRET);

    assertEquals("rw-------", mode(file));
    assertEquals("rwx------", mode(file.getParent()));
    assertEquals(List.of(), notices);
  }

  @Test
  void a_file_that_others_can_read_is_tightened_by_whoever_looks_and_said_once() throws Exception {
    store.write("claude-token", SECRET);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertEquals(Optional.of(SECRET), store.read("claude-token"));
    store.write("codex-token", SECRET);

    assertEquals("rw-------", mode(file));
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(notices.get(0).contains("could be read by others"), notices::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "TOKEN",
        "[]",
        "{\"tokens\":{\"claude-token\":\"TOKEN\"}}",
        "{\"schemaVersion\":1,\"tokens\":{\"claude-token\":\"TOKEN\"",
        "{\"schemaVersion\":1,\"tokens\":{\"claude-token\":[\"TOKEN\"]}}",
        "{\"schemaVersion\":1,\"tokens\":\"TOKEN\"}",
        "{\"schemaVersion\":1,\"tokens\":{\"a\":\"TOKEN\",\"a\":\"TOKEN\"}}",
        "{\"schemaVersion\":2,\"tokens\":{\"claude-token\":\"TOKEN\"}}",
        "{\"schemaVersion\":1} TOKEN"
      })
  void a_file_that_is_not_understood_is_refused_kept_and_not_repeated(String content)
      throws Exception {
    Files.createDirectories(file.getParent());
    String text = content.replace("TOKEN", CANARY.token());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    for (Attempt attempt :
        List.<Attempt>of(
            () -> store.read("claude-token"),
            () -> store.write("claude-token", SECRET),
            () -> store.remove("claude-token"),
            () -> store.list(List.of()))) {
      TokenStoreException e = assertThrows(TokenStoreException.class, attempt::run);
      assertEquals(TokenStoreException.Kind.FAILED, e.kind());
      assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
      assertEquals(Optional.empty(), CANARY.in(trace(e)));
    }
    assertEquals(text, Files.readString(file));
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static String trace(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  @Test
  void what_is_not_one_line_is_refused() throws Exception {
    for (String odd : List.of("", "a\nb", "a\u0000")) {
      TokenStoreException e =
          assertThrows(
              TokenStoreException.class, () -> store.write("claude-token", Secret.of(odd)));
      assertEquals(TokenStoreException.Kind.REFUSED, e.kind());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void threads_that_store_at_once_lose_nothing() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String agent = "agent" + i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int times = 0; times < 5; times++) {
                    store.write(agent + "-" + times, SECRET);
                  }
                } catch (TokenStoreException e) {
                  throw new IllegalStateException(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(20, store.list(List.of()).size());
  }
}
