package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.Hold;
import dev.credslots.HoldLease;
import dev.credslots.HoldLeases;
import dev.credslots.HoldRequest;
import dev.credslots.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeaseGuardTest {
  @TempDir Path directory;

  @Test
  void who_holds_is_busy_until_the_end() {
    LeaseGuard guard = new LeaseGuard(directory, Clock.systemUTC());
    assertEquals(List.of(), guard.holds());

    try (HoldLease lease =
        new HoldLeases(directory, Clock.systemUTC())
            .take(HoldRequest.of("nightly").because("tests"))
            .orElseThrow()) {
      assertEquals(List.of(lease.hold()), guard.holds());
    }

    assertEquals(List.of(), guard.holds());
  }

  @Test
  void a_wait_keeps_new_holds_back() throws Exception {
    List<Hold> seen = new ArrayList<>();
    AutoCloseable wait =
        new LeaseGuard(directory, Clock.systemUTC()).waiting(Duration.ofSeconds(9));
    HoldRequest request =
        new HoldRequest(
            "late",
            Optional.empty(),
            Duration.ofSeconds(9),
            List.of(),
            waiting -> {
              seen.addAll(waiting);
              close(wait);
            });

    assertTrue(new HoldLeases(directory, Clock.systemUTC()).take(request).isPresent());

    assertEquals(1, seen.size());
  }

  private static void close(AutoCloseable wait) {
    try {
      wait.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_cannot_be_listed_is_no_answer() throws Exception {
    Path holds = Files.createDirectories(directory.resolve(".slots/holds"));
    LeaseGuard guard = new LeaseGuard(directory, Clock.systemUTC());
    Files.delete(holds);
    Files.createSymbolicLink(holds, Path.of("holds")); // A loop, also for root.

    assertThrows(StoreException.class, guard::holds);
    assertFalse(Files.exists(holds));
  }
}
