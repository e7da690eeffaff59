package dev.credslots.cli;

import dev.credslots.ExpiryPolicy;
import dev.credslots.SlotManager;
import dev.credslots.SlotManagerBuilder;
import dev.credslots.hooks.HookEvent;
import dev.credslots.hooks.Hooks;
import dev.credslots.hooks.PidFileGuard;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The composition root: from options, variables and configuration to a {@link SlotManager}. An
 * option is stronger than a variable, a variable than the configuration, and that than the client's
 * own variables.
 */
final class Setup {
  private static final Duration HOOK_TIMEOUT = Duration.ofSeconds(10);

  private static final String CLAUDE = "claude";

  private final Surroundings surroundings;
  private final Words words;
  private final Config config;

  private Setup(Surroundings surroundings, Words words, Config config) {
    this.surroundings = surroundings;
    this.words = words;
    this.config = config;
  }

  /**
   * @throws Failure if a value or the configuration makes no sense
   */
  static Setup read(Surroundings surroundings, Words words) {
    Optional<String> named = words.value("config");
    Path file;
    if (named.isPresent()) {
      file = path(surroundings, surroundings.workingDirectory(), named.get(), "--config");
    } else {
      file = defaultConfig(surroundings);
    }
    return new Setup(surroundings, words, ConfigFile.read(file, named.isPresent()));
  }

  private static Path defaultConfig(Surroundings surroundings) {
    return own(surroundings, "XDG_CONFIG_HOME", ".config").resolve("config.json");
  }

  /** Where what is the user's and no credentials directory's is kept: tokens, profiles. */
  static Path dataDirectory(Surroundings surroundings) {
    return own(surroundings, "XDG_DATA_HOME", ".local/share").toAbsolutePath().normalize();
  }

  private static Path own(Surroundings surroundings, String xdg, String usual) {
    Path here = surroundings.workingDirectory();
    String slotsHome = surroundings.variable("SLOTS_HOME");
    if (!slotsHome.isEmpty()) {
      return path(surroundings, here, slotsHome, "SLOTS_HOME");
    }
    String set = surroundings.variable(xdg);
    // The XDG specification wants relative values left alone.
    Path parent =
        set.startsWith("/")
            ? path(surroundings, here, set, xdg)
            : home(surroundings).resolve(usual);
    return parent.resolve("slots");
  }

  /** The user's home directory. */
  Path home() {
    return home(surroundings);
  }

  static Path home(Surroundings surroundings) {
    String home = surroundings.home();
    if (home.isEmpty()) {
      throw Failure.usage("nobody knows your home directory", "set HOME, or give --dir");
    }
    return path(surroundings, surroundings.workingDirectory(), home, "HOME");
  }

  /** A path as people write it: {@code ~} is the home directory. */
  static Path path(Surroundings surroundings, Path base, String text, String source) {
    if (text.isEmpty()) {
      throw Failure.usage(source + " is empty", "give it a path");
    }
    if (text.equals("~") || text.startsWith("~/")) {
      Path home = home(surroundings);
      return text.length() <= 2 ? home : resolved(home, text.substring(2), source);
    }
    return resolved(base, text, source);
  }

  private static Path resolved(Path base, String text, String source) {
    try {
      return base.resolve(text);
    } catch (InvalidPathException e) {
      throw text.indexOf('\0') >= 0
          ? Failure.usage(source + " is not a path", "paths cannot hold NUL characters")
          // As where cron or a service manager sets no locale: a JVM knows ASCII alone then.
          : Failure.usage(
              source + " has characters that this locale cannot spell", "set LC_ALL=C.UTF-8");
    }
  }

  /** A file named on the command line. */
  static Path file(Surroundings surroundings, String text, String source) {
    return path(surroundings, surroundings.workingDirectory(), text, source);
  }

  Config config() {
    return config;
  }

  /** The credentials directory. */
  Path directory() {
    Path here = surroundings.workingDirectory();
    Optional<String> option = words.value("dir");
    if (option.isPresent()) {
      return path(surroundings, here, option.get(), "--dir");
    }
    String variable = surroundings.variable("SLOTS_DIR");
    if (!variable.isEmpty()) {
      return path(surroundings, here, variable, "SLOTS_DIR");
    }
    if (config.dir().isPresent() && isConfigured()) {
      return path(surroundings, config.base, config.dir().get(), "the configuration's dir");
    }
    if (!isClaude()) {
      return OtherClient.directory(provider(), config, surroundings);
    }
    // Defined but empty means the default, whatever the other variable says.
    boolean secure = surroundings.environment().containsKey("CLAUDE_SECURESTORAGE_CONFIG_DIR");
    String name = secure ? "CLAUDE_SECURESTORAGE_CONFIG_DIR" : "CLAUDE_CONFIG_DIR";
    String client = surroundings.variable(name);
    return client.isEmpty() ? homeDirectory() : resolved(here, client, name);
  }

  /**
   * @throws Failure if a template, name or number makes no sense
   */
  SlotManager manager() {
    SlotManagerBuilder builder = builder(directory(), provider());
    boolean configured = isConfigured();
    String template = words.value("slot-template").orElse(configured ? config.slotTemplate : null);
    String liveName = words.value("live-name").orElse(configured ? config.liveName : null);
    try {
      if (!isClaude()) {
        builder.format(OtherClient.format(provider(), config));
      }
      List<String> slots = slots();
      if (slots == null) {
        builder.discoverSlots();
      } else {
        builder.slots(slots);
      }
      if (template != null) {
        builder.slotTemplate(template);
      }
      if (liveName != null) {
        builder.liveName(liveName);
      }
      if (isClaude() && ownsHomeIdentity()) {
        builder.identityFile(home(surroundings).resolve(".claude.json"));
      }
      builder.lockGuard(new Guards(this, surroundings));
      // All that a start without hooks pays; also a link that leads nowhere is something.
      if (Files.exists(hooksDirectory(), LinkOption.NOFOLLOW_LINKS)) {
        withHooks(builder);
      }
      Rotations rotations = new Rotations(surroundings.clock(), namesSlots());
      SlotManager manager = builder.onEvent(rotations).build();
      rotations.of(manager);
      return manager;
    } catch (InvalidPathException e) {
      throw Failure.usage("a path cannot hold a NUL character", "");
    } catch (IllegalArgumentException e) {
      throw Failure.usage(String.valueOf(e.getMessage()), "");
    }
  }

  /** Beside the configuration, whether that exists or not. */
  private Path hooksDirectory() {
    return config.base.resolve("hooks");
  }

  /** The user's executables. */
  Hooks hooks() {
    return new Hooks(
        hooksDirectory(),
        directory().toAbsolutePath().normalize(),
        surroundings.environment(),
        config.hookTimeout == null ? HOOK_TIMEOUT : config.hookTimeout,
        surroundings.clock());
  }

  private void withHooks(SlotManagerBuilder builder) {
    Hooks hooks = hooks();
    // A hook that asks who is busy, or may switch, would otherwise be asked in turn, and so on.
    String within = surroundings.variable("SLOTS_EVENT");
    if (!within.equals(HookEvent.LOCK_GUARD.word())) {
      builder.lockGuard(hooks.guard());
    }
    if (hooks.has(HookEvent.PRE_SWITCH) && !within.equals(HookEvent.PRE_SWITCH.word())) {
      builder.switchGate(hooks.gate());
    }
    builder.onEvent(hooks.listener());
  }

  /** What is the same for every directory. */
  private SlotManagerBuilder builder(Path directory, String provider) {
    SlotManagerBuilder builder =
        SlotManager.builder(directory).clock(surroundings.clock()).expiryPolicy(policy());
    Duration grace = words.duration("grace").orElse(config.grace);
    if (grace != null) {
      builder.grace(grace);
    }
    Duration lockTimeout = lockTimeout().orElse(null);
    if (lockTimeout != null) {
      builder.lockTimeout(lockTimeout);
    }
    if (config.identity != null) {
      builder.identity(config.identity);
    }
    if (config.generations != null) {
      builder.generations(config.generations);
    }
    if (canRenew(provider)) {
      builder.renewer(
          (asking, slot) -> Renewals.of(surroundings, config, provider).renew(asking, slot));
    }
    String runtime = surroundings.variable("XDG_RUNTIME_DIR");
    if (runtime.startsWith("/")) {
      builder.runtimeDirectory(path(surroundings, Path.of("/"), runtime, "XDG_RUNTIME_DIR"));
    }
    return builder;
  }

  /** How long to wait for other processes, if anybody said. */
  Optional<Duration> lockTimeout() {
    return Optional.ofNullable(words.duration("lock-timeout").orElse(config.lockTimeout));
  }

  /** The slots in a directory that is a client's alone: where and what they are is as usual. */
  SlotManager managerOf(Path clientDirectory) {
    return builder(clientDirectory, CLAUDE).discoverSlots().build();
  }

  /** The directory of a client that nothing tells otherwise. */
  Path homeDirectory() {
    return home(surroundings).resolve(".claude");
  }

  /** The slots in {@link #homeDirectory}, whose identity file is beside it. */
  SlotManager homeManager() {
    return builder(homeDirectory(), CLAUDE)
        .discoverSlots()
        .identityFile(home(surroundings).resolve(".claude.json"))
        .build();
  }

  /** Whose credentials this run is about. */
  String provider() {
    String configured = config.provider == null ? CLAUDE : config.provider;
    return words.value("provider").orElse(configured);
  }

  /** Whether somebody said which provider, directory or slots this run is about. */
  boolean isAboutOne() {
    for (String option : List.of("provider", "dir", "slots", "slot-template", "live-name")) {
      if (words.value(option).isPresent()) {
        return true;
      }
    }
    return !surroundings.variable("SLOTS_DIR").isEmpty()
        || !surroundings.variable("SLOTS_NAMES").isEmpty();
  }

  private boolean isClaude() {
    return provider().equals(CLAUDE);
  }

  /** Whether what the configuration says of directory and slots is about this run's provider. */
  private boolean isConfigured() {
    return provider().equals(config.provider == null ? CLAUDE : config.provider);
  }

  /** A described client's server is known only if somebody described it, too. */
  private boolean canRenew(String provider) {
    if (provider.equals(CLAUDE) || provider.equals(OtherClient.CODEX)) {
      return true;
    }
    Config.Endpoint described = config.providers.get(provider);
    return described != null && described.tokenUrl != null && described.clientId != null;
  }

  /** Only ~/.claude has its identity file one directory up, so no other touches that one. */
  private boolean ownsHomeIdentity() {
    return surroundings.variable("CLAUDE_CONFIG_DIR").isEmpty()
        && !surroundings.home().isEmpty()
        && directory().normalize().equals(home(surroundings).resolve(".claude").normalize());
  }

  ExpiryPolicy policy() {
    ExpiryPolicy configured = config.ifExpired;
    return SwitchCommand.policy(words)
        .orElse(configured == null ? ExpiryPolicy.REFRESH : configured);
  }

  /** Whether somebody named the slots, and so put them in an order. */
  boolean namesSlots() {
    return slots() != null;
  }

  private @Nullable List<String> slots() {
    String option = words.value("slots").orElse(null);
    if (option == null) {
      String variable = surroundings.variable("SLOTS_NAMES");
      option = variable.isEmpty() ? null : variable;
    }
    if (option == null) {
      return isConfigured() ? config.slots : null;
    }
    List<String> names = new ArrayList<>();
    int from = 0;
    while (from <= option.length()) {
      int comma = option.indexOf(',', from);
      int end = comma < 0 ? option.length() : comma;
      String name = option.substring(from, end).strip();
      if (!name.isEmpty()) {
        names.add(name);
      }
      from = end + 1;
    }
    return names;
  }

  /** The configuration's pid files. */
  PidFileGuard pidFiles() {
    return new PidFileGuard(holds(), config.base);
  }

  private List<String> holds() {
    List<String> globs = new ArrayList<>();
    for (String glob : config.holds) {
      globs.add(
          glob.startsWith("~/") ? home(surroundings).resolve(glob.substring(2)).toString() : glob);
    }
    return globs;
  }
}
