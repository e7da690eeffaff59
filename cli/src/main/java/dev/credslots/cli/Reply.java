package dev.credslots.cli;

import dev.credslots.Warning;
import java.util.List;

/** What a command has to say, and how it says it to people and to programs. */
interface Reply {

  /** How the command ends. */
  ExitCode exit();

  /** For people, on standard output. */
  void text(Page page);

  /** For programs: the fields of the one object besides {@code schemaVersion} and {@code dir}. */
  void json(Json json);

  /** Whether standard output has had everything already, as from a stream. */
  default boolean spoken() {
    return false;
  }

  /** The sentence for standard error, or empty: why it is not done. */
  default String complaint() {
    return "";
  }

  /** For standard error. */
  default List<Warning> warnings() {
    return List.of();
  }
}
