package dev.credslots.accounts;

import dev.credslots.SlotNames;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** As whom a program runs. Immutable; no secret is in it. */
public sealed interface Profile {
  /** What means no profile at all: the login a client uses by itself. */
  String DEFAULT = "default";

  /** Its name, by {@link #nameProblem}. */
  String name();

  /** How it is called in the registry: {@code oauth}, {@code api-key}. */
  String type();

  /**
   * A configuration directory of its own, with the login that the client keeps there.
   *
   * @param configDirectory absolute
   */
  record OAuth(String name, Path configDirectory) implements Profile {
    /**
     * @throws IllegalArgumentException if the name is not allowed or the directory not absolute
     */
    public OAuth {
      requireName(name);
      if (!configDirectory.isAbsolute()) {
        throw new IllegalArgumentException("a profile's directory is absolute");
      }
      configDirectory = configDirectory.normalize();
    }

    @Override
    public String type() {
      return "oauth";
    }
  }

  /**
   * An API key, which is in the token store under {@link #key()}.
   *
   * @param baseUrl where it is sent instead of the provider's usual address
   */
  record ApiKey(String name, Optional<BaseUrl> baseUrl) implements Profile {
    /**
     * @throws IllegalArgumentException if the name is not allowed
     */
    public ApiKey {
      requireName(name);
    }

    @Override
    public String type() {
      return "api-key";
    }

    /** What the token store keeps the key under. */
    public String key() {
      return keyOf(name);
    }
  }

  /** What the token store keeps a profile's key under. */
  static String keyOf(String name) {
    return "slots-profile-" + name;
  }

  /**
   * Why {@code name} cannot be a profile's, as a sentence; empty if it can. The rule is that of
   * slots, over the whole string; {@code default} is taken.
   */
  static Optional<String> nameProblem(String name) {
    if (name.toLowerCase(Locale.ROOT).equals(DEFAULT)) {
      return Optional.of("the name default is taken: it means no profile");
    }
    if (name.startsWith("sk-")) {
      // Not repeated: it got here by mistake.
      return Optional.of("a profile's name cannot begin like a key, with sk-");
    }
    return SlotNames.problem("profile", name);
  }

  private static void requireName(String name) {
    nameProblem(name)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }
}
