package dev.credslots;

import dev.credslots.credential.ClaudeFormat;
import dev.credslots.credential.CredentialFormat;
import dev.credslots.internal.file.Layout;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link SlotManager}; see {@link SlotManager#builder}. Not thread-safe; may be used for
 * several managers.
 */
public final class SlotManagerBuilder {
  static final Duration LOCK_TIMEOUT = Duration.ofSeconds(9);

  private final Path directory;
  private @Nullable List<String> names;
  private boolean discover;
  private @Nullable CredentialFormat format;
  private @Nullable String slotTemplate;
  private @Nullable String liveName;
  private @Nullable String fingerprintTemplate;
  private Duration grace = Duration.ofMinutes(5);
  private Duration lockTimeout = LOCK_TIMEOUT;
  private ExpiryPolicy expiryPolicy = ExpiryPolicy.REFUSE;
  private int generations = 5;
  private @Nullable Path identityFile;
  private IdentityPolicy identityPolicy = IdentityPolicy.FOLLOW;
  private @Nullable Clock clock;
  private @Nullable Path runtimeDirectory;
  private @Nullable SlotRenewer renewer;
  private final List<LockGuard> guards = new ArrayList<>();
  private final List<SwitchGate> gates = new ArrayList<>();
  private final List<SlotListener> listeners = new ArrayList<>();
  private final List<SlotEventListener> eventListeners = new ArrayList<>();

  SlotManagerBuilder(Path directory) {
    this.directory = Objects.requireNonNull(directory, "directory").toAbsolutePath().normalize();
  }

  /** The slots to care for, in this order. */
  public SlotManagerBuilder slots(String... names) {
    return slots(List.of(names));
  }

  /** The slots to care for, in this order. */
  public SlotManagerBuilder slots(List<String> names) {
    this.names = List.copyOf(names);
    this.discover = false;
    return this;
  }

  /** Care for every slot that lies in the directory at the moment of each call, by name. */
  public SlotManagerBuilder discoverSlots() {
    this.names = null;
    this.discover = true;
    return this;
  }

  /**
   * Whose credentials they are: Claude Code's unless set. It says where the live file, the slots
   * and their fingerprints lie, as long as nobody else does, and how the client goes about them.
   */
  public SlotManagerBuilder format(CredentialFormat format) {
    this.format = Objects.requireNonNull(format, "format");
    return this;
  }

  /** Where slots lie, relative to the directory, with {@code {slot}} for the name. */
  public SlotManagerBuilder slotTemplate(String template) {
    this.slotTemplate = Objects.requireNonNull(template, "template");
    return this;
  }

  /** The live file's name in the directory. */
  public SlotManagerBuilder liveName(String name) {
    this.liveName = Objects.requireNonNull(name, "name");
    return this;
  }

  /** Where captured fingerprints lie, relative to the directory, with {@code {slot}}. */
  public SlotManagerBuilder fingerprintTemplate(String template) {
    this.fingerprintTemplate = Objects.requireNonNull(template, "template");
    return this;
  }

  /** How long before its end a token counts as ending; 300 s unless set. */
  public SlotManagerBuilder grace(Duration grace) {
    SlotManager.requireNotNegative("grace", grace);
    this.grace = grace;
    return this;
  }

  /** How long to wait for other processes, all locks together; 9 s unless set. */
  public SlotManagerBuilder lockTimeout(Duration timeout) {
    SlotManager.requireNotNegative("a lock timeout", timeout);
    this.lockTimeout = timeout;
    return this;
  }

  /** What to do with a slot that needs renewal; {@link ExpiryPolicy#REFUSE} unless set. */
  public SlotManagerBuilder expiryPolicy(ExpiryPolicy policy) {
    this.expiryPolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** How many generations to keep for each slot at least; 5 unless set. */
  public SlotManagerBuilder generations(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one generation is kept: " + count);
    }
    this.generations = count;
    return this;
  }

  /**
   * The client's identity file; {@code .claude.json} in the directory unless set. Claude Code keeps
   * it beside {@code ~/.claude} when {@code CLAUDE_CONFIG_DIR} is not set [thread]. Of no effect
   * where the client has none.
   */
  public SlotManagerBuilder identityFile(Path file) {
    this.identityFile = file.toAbsolutePath().normalize();
    return this;
  }

  /** Whether a switch writes the identity file; {@link IdentityPolicy#FOLLOW} unless set. */
  public SlotManagerBuilder identity(IdentityPolicy policy) {
    this.identityPolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** The clock of every decision and record; the system's unless set. */
  public SlotManagerBuilder clock(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * Where a renewed login is put for which the credentials directory has no place: an existing
   * private directory of the user, such as {@code XDG_RUNTIME_DIR}; none unless set. Every manager
   * of one credentials directory should have the same.
   */
  public SlotManagerBuilder runtimeDirectory(Path directory) {
    this.runtimeDirectory = directory.toAbsolutePath().normalize();
    return this;
  }

  /** What renews a login for {@link ExpiryPolicy#REFRESH}; nothing unless set. */
  public SlotManagerBuilder renewer(SlotRenewer renewer) {
    this.renewer = Objects.requireNonNull(renewer, "renewer");
    return this;
  }

  /** Adds a guard; every one is asked. */
  public SlotManagerBuilder lockGuard(LockGuard guard) {
    guards.add(Objects.requireNonNull(guard, "guard"));
    return this;
  }

  /** Adds a gate; they are asked in this order, until one objects. */
  public SlotManagerBuilder switchGate(SwitchGate gate) {
    gates.add(Objects.requireNonNull(gate, "gate"));
    return this;
  }

  /** Adds a listener of switches and heals. */
  public SlotManagerBuilder onSwitch(SlotListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /** Adds a listener of every event. */
  public SlotManagerBuilder onEvent(SlotEventListener listener) {
    eventListeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * The manager. Reads nothing yet.
   *
   * @throws IllegalArgumentException if a template lacks {@code {slot}} or leads out of the
   *     directory, no slot is named, or a name is not allowed
   */
  public SlotManager build() {
    CredentialFormat format = this.format == null ? new ClaudeFormat() : this.format;
    String slotTemplate = this.slotTemplate == null ? format.slotTemplate() : this.slotTemplate;
    String liveName = this.liveName == null ? format.liveName() : this.liveName;
    String fingerprintTemplate =
        this.fingerprintTemplate == null
            ? format.slotTemplate().concat(".fingerprint.json")
            : this.fingerprintTemplate;
    Templates.check("slot template", slotTemplate, directory);
    Templates.check("fingerprint template", fingerprintTemplate, directory);
    Templates.checkLiveName(liveName, slotTemplate);
    if (names == null && !discover) {
      throw new IllegalArgumentException("name the slots, or call discoverSlots()");
    }
    Optional<List<String>> checked = Optional.ofNullable(names).map(SlotManagerBuilder::checked);
    Layout layout = new Layout(directory, slotTemplate, liveName, fingerprintTemplate);
    Templates.checkCollisions(layout, checked.orElse(List.of()));
    return new SlotManager(
        new Settings(
            layout,
            format,
            checked,
            Set.copyOf(checked.orElse(List.of())),
            grace,
            lockTimeout,
            expiryPolicy,
            generations,
            identityFile(format),
            identityPolicy,
            // Milliseconds are all a journal line needs.
            clock == null ? Clock.tickMillis(ZoneOffset.UTC) : clock,
            Optional.ofNullable(runtimeDirectory),
            Optional.ofNullable(renewer),
            List.copyOf(guards),
            List.copyOf(gates),
            List.copyOf(listeners),
            List.copyOf(eventListeners)));
  }

  private Optional<Path> identityFile(CredentialFormat format) {
    Optional<String> name = format.identityName();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(identityFile == null ? directory.resolve(name.get()) : identityFile);
  }

  private static List<String> checked(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("the list of slots is empty");
    }
    for (String name : names) {
      SlotNames.problem(name)
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(problem);
              });
    }
    if (Set.copyOf(names).size() < names.size()) {
      throw new IllegalArgumentException("a slot is named twice in " + names);
    }
    return names;
  }
}
