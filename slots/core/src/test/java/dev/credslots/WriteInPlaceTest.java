package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CodexFormat;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that writes in place has a slot's file open while it is exchanged. */
@Timeout(60)
class WriteInPlaceTest {

  @Test
  void what_a_client_is_writing_into_a_file_just_taken_out_is_kept(@TempDir Path temp)
      throws Exception {
    CredentialsDirectory files =
        CredentialsDirectory.create(temp.resolve("codex")).of(FakeClient.CODEX);
    FakeLogin first = FakeLogin.builder("bob").client(FakeClient.CODEX).build();
    FakeLogin second = first.rotate();
    FakeLogin third = second.rotate();
    SlotManager manager =
        SlotManager.builder(files.path()).format(new CodexFormat()).slots("bob").build();
    files.slot("bob", first).link("bob");
    assertTrue(manager.capture("bob").ok());
    files.slot("bob", second);
    assertTrue(manager.capture("bob").ok());

    ExecutorService other = Executors.newSingleThreadExecutor();
    try (FileChannel client = FileChannel.open(files.livePath(), StandardOpenOption.WRITE)) {
      Object open = Files.getAttribute(files.slotFile("bob"), "unix:ino");
      client.truncate(0);
      Future<ChangeOutcome> restoring = other.submit(() -> manager.restore("bob", Optional.of(1L)));
      while (Files.getAttribute(files.slotFile("bob"), "unix:ino").equals(open)) {
        Thread.onSpinWait(); // Until the file that the client has open is taken out.
      }
      // Not done as long as nobody knows what will have been written.
      assertThrows(TimeoutException.class, () -> restoring.get(300, TimeUnit.MILLISECONDS));
      client.write(ByteBuffer.wrap(third.credentialJson()));
      assertTrue(restoring.get(30, TimeUnit.SECONDS).ok());
    } finally {
      other.shutdownNow();
    }
    assertEquals(
        Set.of(first.refreshToken(), second.refreshToken(), third.refreshToken()),
        files.tokensOnDisk().keySet(),
        files::describe);
  }
}
