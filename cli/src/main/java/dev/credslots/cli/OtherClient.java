package dev.credslots.cli;

import dev.credslots.credential.CodexFormat;
import dev.credslots.credential.CredentialFormat;
import dev.credslots.credential.CustomFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The clients that are not Claude Code: Codex, and those that a configuration describes. Nothing of
 * them is loaded for Claude Code's credentials.
 */
final class OtherClient {
  static final String CODEX = "codex";

  /** The providers that are known without a configuration. */
  static final List<String> KNOWN = List.of("claude", CODEX);

  private OtherClient() {}

  /** Every provider that is known, claude first. */
  static List<String> providers(Config config) {
    List<String> names = new ArrayList<>(KNOWN);
    for (String name : new TreeSet<>(config.providers.keySet())) {
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** Whether anybody knows where that client keeps its credentials. */
  static boolean hasDirectory(String provider, Config config) {
    Config.Endpoint described = config.providers.get(provider);
    return described == null || described.format == null || described.dir != null;
  }

  /**
   * @throws Failure if nobody knows the provider
   */
  static CredentialFormat format(String provider, Config config) {
    if (provider.equals(CODEX)) {
      return new CodexFormat();
    }
    Config.Endpoint described = config.providers.get(provider);
    CustomFormat format = described == null ? null : described.format;
    if (format == null) {
      throw unknown(provider);
    }
    return format;
  }

  /**
   * The client's own directory: {@code CODEX_HOME}, where an empty one counts as none [source],
   * else {@code ~/.codex}; a described client's as its description says.
   *
   * @throws Failure if nobody knows it
   */
  static Path directory(String provider, Config config, Surroundings surroundings) {
    if (provider.equals(CODEX)) {
      String home = surroundings.variable("CODEX_HOME");
      return home.isEmpty()
          ? Setup.home(surroundings).resolve(".codex")
          : Setup.file(surroundings, home, "CODEX_HOME");
    }
    Config.Endpoint described = config.providers.get(provider);
    if (described == null || described.format == null) {
      throw unknown(provider);
    }
    if (described.dir == null) {
      throw Failure.usage(
          "nobody said where " + Plain.quoted(provider) + " keeps its credentials",
          "give --dir, or its format a 'dir' in the configuration");
    }
    return Setup.path(surroundings, config.base, described.dir, "the format's dir");
  }

  private static Failure unknown(String provider) {
    return Failure.usage(
        "unknown provider " + Plain.quoted(provider),
        "this version knows claude and codex, and those that the configuration gives a 'format'");
  }
}
