package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.FileTokenStore;
import dev.credslots.accounts.TokenStore;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.accounts.TokenStores;
import dev.credslots.keychain.MacKeychainStore;
import dev.credslots.keychain.SecretServiceStore;
import dev.credslots.keychain.SystemRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Token stores, composed: those of this machine, and which of them is meant. */
final class Stores {
  private static final String AUTO = "auto";

  /** What {@code --store} and the configuration's {@code tokenStore} can be. */
  static final List<String> NAMES =
      List.of(AUTO, MacKeychainStore.NAME, SecretServiceStore.NAME, FileTokenStore.NAME);

  static final String CHOICE = "auto, keychain, secret-service or file";

  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(9);
  private static final Duration KEYCHAIN_LIMIT = Duration.ofSeconds(3);

  private final FileTokenStore file;
  private final MacKeychainStore keychain;
  private final SecretServiceStore secretService;
  private final Machine machine;
  private final Surroundings surroundings;
  private final TokenStores all;
  private final TokenStore chosen;
  private final List<Warning> warnings = new ArrayList<>();

  /**
   * Of one run; nothing is looked for yet.
   *
   * @throws Failure if the store that is named is none of this machine
   */
  Stores(Session session) {
    surroundings = session.surroundings();
    Machine given = surroundings.machine();
    machine = given == null ? Machine.ofThisProcess() : given;
    Words words = session.words();
    Config config = session.setup().config();
    Duration patience =
        words
            .duration("lock-timeout")
            .orElse(config.lockTimeout == null ? USUAL_PATIENCE : config.lockTimeout);
    SystemRunner runner = new SystemRunner(surroundings.environment(), KEYCHAIN_LIMIT);
    file =
        new FileTokenStore(
            Setup.dataDirectory(surroundings).resolve("tokens.json"),
            patience,
            notice -> warnings.add(new Warning("exposed", notice)));
    keychain = new MacKeychainStore(machine.security(), runner);
    secretService = new SecretServiceStore(machine.programs(), runner);
    all =
        new TokenStores(
            file,
            List.of(keychain, secretService),
            this::preferred,
            notice -> warnings.add(new Warning("older-copy", notice)));
    chosen =
        named(words.value("store").orElse(config.tokenStore == null ? AUTO : config.tokenStore));
  }

  /**
   * @throws Failure if {@code --store} names none
   */
  static void check(Words words) {
    Optional<String> named = words.value("store");
    if (named.isPresent() && !NAMES.contains(named.get())) {
      throw Failure.usage(
          "there is no store " + Plain.quoted(named.get()) + Nearest.hint(named.get(), NAMES),
          "it is " + CHOICE);
    }
  }

  /** The store that was named, by an option or the configuration, else all of them as one. */
  TokenStore chosen() {
    return chosen;
  }

  /**
   * The keys that may have a secret: what is remembered, and one that may be there unremembered.
   */
  Set<String> keys(String unremembered) throws TokenStoreException {
    Set<String> keys = new TreeSet<>(all.remembered());
    keys.add(unremembered);
    return keys;
  }

  /** The name of the store that a key's secret is in, or would be. */
  String nameFor(String key) throws TokenStoreException {
    return chosen == all ? all.storeOf(key).name() : chosen.name();
  }

  /** What people should hear of, so far. */
  List<Warning> warnings() {
    return warnings;
  }

  /** How a command ends that a store would not serve. */
  static Failure failure(TokenStoreException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case ABSENT -> Failure.failed("store-absent", message, e.remedy(), e);
      case LOCKED -> Failure.failed("store-locked", message, e.remedy(), e);
      case REFUSED -> Failure.refused("not-stored", "not stored: " + message, e.remedy());
      case FAILED -> Failure.failed("store-failed", message, e.remedy(), e);
    };
  }

  private TokenStore named(String name) {
    if (name.equals(AUTO)) {
      return all;
    }
    if (name.equals(FileTokenStore.NAME)) {
      return all.only(file);
    }
    boolean mac = name.equals(MacKeychainStore.NAME);
    if (machine.windows() || mac != machine.mac()) {
      throw Failure.usage(
          machine.windows()
              ? "there is no store but file on Windows"
              : mac
                  ? "the keychain is a part of macOS"
                  : "macOS has no Secret Service but a keychain",
          "use --store " + (machine.mac() ? "keychain" : "file"));
    }
    return all.only(mac ? keychain : secretService);
  }

  private TokenStore preferred() throws TokenStoreException {
    if (machine.mac()) {
      return keychain;
    }
    return !machine.windows() && hasBus() && secretService.usable() ? secretService : file;
  }

  /** Where none is known, asking for one could start one that nobody else ever sees. */
  private boolean hasBus() {
    if (!surroundings.variable("DBUS_SESSION_BUS_ADDRESS").isEmpty()) {
      return true;
    }
    String runtime = surroundings.variable("XDG_RUNTIME_DIR");
    return runtime.startsWith("/") && Files.exists(Path.of(runtime, "bus"));
  }
}
