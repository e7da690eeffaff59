package dev.credslots.cli;

import dev.credslots.Hold;
import dev.credslots.LockGuard;
import dev.credslots.hooks.ClientProcessGuard;
import dev.credslots.hooks.CompositeGuard;
import dev.credslots.hooks.LeaseGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is asked whether somebody is busy: those who took a hold, and what the configuration names.
 * Where nobody ever holds, that is one look for a directory, and the guards are not even loaded.
 */
final class Guards implements LockGuard {
  private final Setup setup;
  private final Surroundings surroundings;

  Guards(Setup setup, Surroundings surroundings) {
    this.setup = setup;
    this.surroundings = surroundings;
  }

  @Override
  public List<Hold> holds() {
    Config config = setup.config();
    boolean nobody =
        config.holds.isEmpty()
            && !config.busyClients
            && Files.notExists(setup.directory().resolve(".slots").resolve("holds"));
    return nobody ? List.of() : all().holds();
  }

  @Override
  public AutoCloseable waiting(Duration limit) {
    return all().waiting(limit);
  }

  private LockGuard all() {
    Path directory = setup.directory().toAbsolutePath();
    Map<String, LockGuard> guards = new LinkedHashMap<>();
    guards.put("lease", new LeaseGuard(directory, surroundings.clock()));
    if (!setup.config().holds.isEmpty()) {
      guards.put("pid-file", setup.pidFiles());
    }
    if (setup.config().busyClients) {
      guards.put("client", new ClientProcessGuard(directory, setup.home().toAbsolutePath()));
    }
    return new CompositeGuard(guards);
  }
}
