package dev.credslots.hooks;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A file in an event's directory, or that directory itself where it cannot be trusted.
 *
 * @param event when it is run
 * @param name its file name
 * @param path where it lies, a link not followed
 * @param problem why it is not run and what to do about it; empty if it is
 */
public record Hook(HookEvent event, String name, Path path, Optional<String> problem) {

  /** As people are told of it: {@code on-switch.d/10-log}. */
  public String shown() {
    return name.equals(event.directory()) ? name : event.directory() + "/" + name;
  }
}
