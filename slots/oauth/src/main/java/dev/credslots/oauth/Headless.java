package dev.credslots.oauth;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether a browser that is opened here would be seen by the person who logs in. Pure. */
public final class Headless {
  private static final List<String> REMOTE = List.of("SSH_CLIENT", "SSH_TTY", "SSH_CONNECTION");
  private static final List<String> CONTAINER =
      List.of("REMOTE_CONTAINERS", "CODESPACES", "container", "KUBERNETES_SERVICE_HOST");

  /** What Docker and Podman leave at the root. */
  private static final List<String> CONTAINER_FILES = List.of("/.dockerenv", "/run/.containerenv");

  private Headless() {}

  /**
   * Why it would not.
   *
   * @param operatingSystem as {@code os.name} calls it
   * @param exists whether there is such a file
   * @return the rest of a sentence; empty if a browser can be opened
   */
  public static Optional<String> reason(
      Map<String, String> environment, String operatingSystem, Predicate<String> exists) {
    Optional<String> remote = firstSet(environment, REMOTE);
    if (remote.isPresent()) {
      return Optional.of("this is an SSH session: " + remote.get() + " is set");
    }
    Optional<String> container = firstSet(environment, CONTAINER);
    if (container.isPresent()) {
      return Optional.of("this is a container: " + container.get() + " is set");
    }
    String ci = environment.getOrDefault("CI", "");
    if (!ci.isEmpty() && !ci.equalsIgnoreCase("false")) {
      return Optional.of("this is a CI job: CI is set");
    }
    boolean linux = operatingSystem.toLowerCase(Locale.ROOT).startsWith("linux");
    boolean wsl = firstSet(environment, List.of("WSL_DISTRO_NAME", "WSL_INTEROP")).isPresent();
    boolean display = firstSet(environment, List.of("DISPLAY", "WAYLAND_DISPLAY")).isPresent();
    if (linux && !wsl && !display) {
      return Optional.of("there is no display: DISPLAY and WAYLAND_DISPLAY are not set");
    }
    // Last: everything before is known without a look at the disk.
    for (String file : CONTAINER_FILES) {
      if (exists.test(file)) {
        return Optional.of("this is a container: there is " + file);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> firstSet(Map<String, String> environment, List<String> names) {
    for (String name : names) {
      if (!environment.getOrDefault(name, "").isEmpty()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
