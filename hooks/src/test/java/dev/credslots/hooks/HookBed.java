package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.Hold;
import dev.credslots.ListenerException;
import dev.credslots.SlotEvent;
import dev.credslots.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A hooks directory for one test, and what can be asked of it. */
final class HookBed {
  static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

  final Path root;
  final Path notes;
  final Map<String, String> environment = new TreeMap<>();
  Duration limit = Duration.ofSeconds(30);

  HookBed(Path temp) throws IOException {
    Path real = temp.toRealPath();
    root = directory(real.resolve("hooks"));
    notes = directory(real.resolve("notes"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", real.toString());
  }

  static Path directory(Path path) throws IOException {
    Files.createDirectories(path);
    return mode(path, "rwxr-xr-x");
  }

  static Path mode(Path path, String mode) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  Path file(HookEvent event, String name) throws IOException {
    return directory(root.resolve(event.directory())).resolve(name);
  }

  /** An executable, of these lines of shell. */
  Path hook(HookEvent event, String name, String... lines) throws IOException {
    Path file = file(event, name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    return mode(file, "rwxr-xr-x");
  }

  Hooks hooks() {
    return new Hooks(
        root, Path.of("/home/u/.claude"), environment, limit, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  static SlotEvent switched() {
    return new SlotEvent.Switched(NOW, Optional.of("bob"), "alice", "quota");
  }

  /** The warnings of telling the hooks of an event. */
  List<String> told(SlotEvent event) {
    try {
      hooks().listener().onEvent(event);
      return List.of();
    } catch (ListenerException e) {
      return e.warnings().stream().map(Warning::message).toList();
    }
  }

  /** Runs the event's only hook with a made-up event. */
  HookRun run(HookEvent event) {
    List<Hook> hooks = hooks().list(event);
    if (hooks.size() != 1) {
      throw new IllegalStateException("not one hook: " + hooks);
    }
    return hooks().run(hooks.get(0), HookInput.sample(event, Path.of("/home/u/.claude"), NOW));
  }

  List<String> holds() {
    return hooks().guard().holds().stream().map(Hold::name).toList();
  }

  String note(String name) throws IOException {
    return Files.readString(notes.resolve(name));
  }

  /** Waits until the process whose id a hook has noted is gone. */
  void awaitEnd(String note) throws Exception {
    long pid = Long.parseLong(note(note).strip());
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (isAlive(pid) && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertFalse(isAlive(pid), () -> note + " lives");
  }

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Ends what a hook has left behind and noted. */
  void end(String note) throws IOException {
    ProcessHandle.of(Long.parseLong(note(note).strip())).ifPresent(ProcessHandle::destroyForcibly);
  }
}
