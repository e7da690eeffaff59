package dev.credslots.hooks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The clients that keep a login in a file, and where. Their sources and documents say so. */
enum Client {
  CLAUDE("claude", "claude-code"),
  CODEX("codex", "codex"),
  GEMINI("gemini", "gemini-cli"),
  OPENCODE("opencode", "opencode-ai");

  private static final Set<String> INTERPRETERS = Set.of("node", "nodejs", "bun", "deno");
  private static final List<String> ENDINGS = List.of(".js", ".mjs", ".cjs", ".exe");

  private final String word;
  private final String npmPackage;

  Client(String word, String npmPackage) {
    this.word = word;
    this.npmPackage = npmPackage;
  }

  /** Its command. */
  String word() {
    return word;
  }

  /**
   * Which client a process is, if it is one: called like it, or an interpreter that runs a script
   * called like it or from its package.
   *
   * @param title what the kernel calls the process; Node sets it with {@code process.title}
   * @param words the command line
   */
  static Optional<Client> of(String title, List<String> words) {
    String program = words.isEmpty() ? "" : program(words.get(0));
    Optional<Client> named = called(title).or(() -> called(program));
    return named.isPresent() || !INTERPRETERS.contains(program) ? named : script(words);
  }

  private static Optional<Client> script(List<String> words) {
    for (String word : words.subList(1, words.size())) {
      if (!word.startsWith("-")) {
        return called(program(word)).or(() -> packaged(word));
      }
    }
    return Optional.empty();
  }

  private static Optional<Client> called(String name) {
    for (Client client : values()) {
      if (client.word.equals(name)) {
        return Optional.of(client);
      }
    }
    return Optional.empty();
  }

  private static Optional<Client> packaged(String script) {
    for (Client client : values()) {
      if (script.contains("/" + client.npmPackage + "/")) {
        return Optional.of(client);
      }
    }
    return Optional.empty();
  }

  /** The last part of a path, without the ending of scripts and the dot of a hidden binary. */
  private static String program(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    for (String ending : ENDINGS) {
      if (name.endsWith(ending)) {
        name = name.substring(0, name.length() - ending.length());
      }
    }
    return name.startsWith(".") ? name.substring(1) : name;
  }

  /**
   * The directory that its login is in; maybe relative to its working directory.
   *
   * @param environment the process's
   * @param home its user's
   */
  Path store(Map<String, String> environment, Path home) {
    return switch (this) {
      case CLAUDE -> {
        // Defined but empty means the default, whatever the other variable says.
        String named = environment.get("CLAUDE_SECURESTORAGE_CONFIG_DIR");
        if (named == null) {
          named = environment.getOrDefault("CLAUDE_CONFIG_DIR", "");
        }
        yield named.isEmpty() ? home.resolve(".claude") : Path.of(named);
      }
      case CODEX -> {
        String named = environment.getOrDefault("CODEX_HOME", "");
        yield named.isEmpty() ? home.resolve(".codex") : Path.of(named);
      }
      case GEMINI -> home.resolve(".gemini");
      case OPENCODE -> {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path parent = data.startsWith("/") ? Path.of(data) : home.resolve(".local/share");
        yield parent.resolve("opencode");
      }
    };
  }
}
