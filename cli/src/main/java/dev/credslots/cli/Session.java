package dev.credslots.cli;

import dev.credslots.SlotManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of one command: its world, and the slots once somebody asks for them. Confined. */
final class Session {
  private final Surroundings surroundings;
  private final Words words;
  private final Output output;
  private @Nullable Setup setup;
  private @Nullable SlotManager manager;

  Session(Surroundings surroundings, Words words, Output output) {
    this.surroundings = surroundings;
    this.words = words;
    this.output = output;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Words words() {
    return words;
  }

  /** For what cannot wait until the command ends. */
  Output output() {
    return output;
  }

  Instant now() {
    return surroundings.clock().instant();
  }

  /**
   * The slots.
   *
   * @throws Failure if there is no credentials directory or the set-up makes no sense
   */
  SlotManager slots() {
    SlotManager slots = slotsOfAnyDirectory();
    Path directory = slots.directory();
    if (!Files.isDirectory(directory)) {
      throw Failure.refused(
          "no-directory",
          Files.exists(directory)
              ? directory + " is not a directory"
              : "there is no credentials directory " + directory,
          "log in with your client first, or name the directory with --dir");
    }
    return slots;
  }

  /** The slots, also of a directory that is missing. */
  SlotManager slotsOfAnyDirectory() {
    if (manager == null) {
      manager = setup().manager();
    }
    return manager;
  }

  /** The same run about another provider's slots, where its client keeps them. */
  Session about(String provider) {
    Map<String, String> options = new HashMap<>(words.options());
    for (String where : List.of("slots", "slot-template", "live-name")) {
      options.remove(where);
    }
    options.put("provider", provider);
    return new Session(surroundings, new Words(List.of(), options), output);
  }

  /** What this run was told, by options, variables and configuration. */
  Setup setup() {
    if (setup == null) {
      setup = Setup.read(surroundings, words);
    }
    return setup;
  }

  /**
   * Makes sure that the operator means it.
   *
   * @param yes they said so on the command line
   * @param what the question without its mark
   */
  void requireYes(boolean yes, String what) {
    if (yes) {
      return;
    }
    Optional<Boolean> answer = surroundings.keyboard().yes(what + "?");
    if (!answer.orElse(false)) {
      throw Failure.refused(
          "not-confirmed",
          answer.isPresent() ? "nothing done" : what + "? nobody is at the terminal to say yes",
          answer.isPresent() ? "" : "--yes says it");
    }
  }

  /** The credentials directory, if this run had to do with it. */
  @Nullable Path directory() {
    return manager == null ? null : manager.directory();
  }
}
