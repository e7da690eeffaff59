package dev.credslots.keychain;

import dev.credslots.accounts.TokenStore;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Secret Service of Linux desktops (gnome-keyring, KWallet, KeePassXC), through {@code
 * secret-tool}: attributes {@code service} (the key) and {@code account} ({@code agent-loop}).
 *
 * <p>{@code secret-tool} cuts what is longer than 8 KiB and ends with 0 all the same [seen with
 * 0.20.5], so longer secrets are refused before it runs, and what was stored is read back. Nothing
 * that is locked is asked for: that would open a window and wait. Thread-safe.
 */
public final class SecretServiceStore implements TokenStore {
  /** For people and {@code --store}. */
  public static final String NAME = "secret-service";

  /**
   * Where programs of the system are. Not {@code PATH}: what is found first there may be anybody's.
   */
  public static final List<Path> SYSTEM_DIRECTORIES =
      List.of(
          Path.of("/usr/bin"),
          Path.of("/bin"),
          Path.of("/usr/local/bin"),
          Path.of("/run/current-system/sw/bin"));

  private static final int MOST_BYTES = 8191;

  private final List<Path> directories;
  private final ProgramRunner runner;

  /**
   * Touches nothing.
   *
   * @param directories where {@code secret-tool} and {@code gdbus} are looked for
   * @param runner of the two
   */
  public SecretServiceStore(List<Path> directories, ProgramRunner runner) {
    this.directories = List.copyOf(directories);
    this.runner = runner;
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * Whether secrets can be kept here, now or once somebody unlocks it: the programs are there, and
   * a service with a keyring answers.
   *
   * @throws TokenStoreException if the service is there and gave no answer that makes sense
   */
  public boolean usable() throws TokenStoreException {
    if (find("gdbus") == null || find("secret-tool") == null) {
      return false;
    }
    try {
      return bus().keyring() != SecretBus.Keyring.NONE;
    } catch (TokenStoreException e) {
      if (e.kind() == TokenStoreException.Kind.ABSENT) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Optional<Secret> read(String key) throws TokenStoreException {
    Tool.requireKey(key);
    return isThere(key) ? Optional.of(lookUp(key)) : Optional.empty();
  }

  @Override
  public void write(String key, Secret value) throws TokenStoreException {
    Tool.requireKey(key);
    TokenStore.requireOneLine(value);
    byte[] bytes = value.reveal().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST_BYTES) {
      throw Tool.refused(
          "it is longer than the " + MOST_BYTES + " bytes that secret-tool can keep",
          "use --store file");
    }
    Tool secretTool = secretTool();
    switch (bus().keyring()) {
      case LOCKED -> throw locked();
      case NONE ->
          throw Tool.absent(
              "the Secret Service has no keyring yet", "make one first, or use --store file");
      case OPEN -> {}
    }
    ProgramRunner.Ended ended =
        secretTool.run(
            bytes, "store", "--label=slots: " + key, "service", key, "account", Tool.ACCOUNT);
    // It ends with 0 for some complaints.
    if (ended.exit() != 0 || !ended.err().isEmpty()) {
      throw secretTool.ended("storing in the Secret Service", ended.exit());
    }
    if (!lookUp(key).equals(value)) {
      throw Tool.failed(
          "the Secret Service gave back another secret than was stored",
          "another program may have stored one at the same time; try again");
    }
  }

  @Override
  public boolean remove(String key) throws TokenStoreException {
    Tool.requireKey(key);
    if (!isThere(key)) {
      return false;
    }
    Tool secretTool = secretTool();
    int exit =
        secretTool.run(Tool.NO_INPUT, "clear", "service", key, "account", Tool.ACCOUNT).exit();
    if (bus().find(key) != SecretBus.Found.NOWHERE) {
      throw secretTool.ended("removing from the Secret Service", exit);
    }
    return true;
  }

  @Override
  public List<String> list(List<String> candidates) throws TokenStoreException {
    List<String> keys = new ArrayList<>();
    for (String key : candidates) {
      Tool.requireKey(key);
      if (bus().find(key) != SecretBus.Found.NOWHERE) {
        keys.add(key);
      }
    }
    return keys;
  }

  private boolean isThere(String key) throws TokenStoreException {
    SecretBus bus = bus();
    return switch (bus.find(key)) {
      case OPEN -> true;
      case LOCKED -> throw locked();
      case NOWHERE -> {
        // Some services don't say what a locked keyring holds.
        if (bus.keyring() == SecretBus.Keyring.LOCKED) {
          throw locked();
        }
        yield false;
      }
    };
  }

  private Secret lookUp(String key) throws TokenStoreException {
    Tool secretTool = secretTool();
    ProgramRunner.Ended ended =
        secretTool.run(Tool.NO_INPUT, "lookup", "service", key, "account", Tool.ACCOUNT);
    if (ended.exit() != 0 || !ended.err().isEmpty()) {
      throw secretTool.ended("reading from the Secret Service", ended.exit());
    }
    return ended.out();
  }

  private SecretBus bus() throws TokenStoreException {
    return new SecretBus(tool("gdbus", "libglib2.0-bin"));
  }

  private Tool secretTool() throws TokenStoreException {
    return tool("secret-tool", "libsecret-tools");
  }

  private Tool tool(String program, String debianPackage) throws TokenStoreException {
    Path path = find(program);
    if (path == null) {
      throw Tool.absent(
          "the Secret Service needs the program " + program + ", which is not installed",
          "install it (Debian: " + debianPackage + "), or use --store file");
    }
    return new Tool(path, runner);
  }

  private @Nullable Path find(String program) {
    for (Path directory : directories) {
      Path path = directory.resolve(program);
      if (Files.isExecutable(path)) {
        return path;
      }
    }
    return null;
  }

  private static TokenStoreException locked() {
    return Tool.locked(
        "the keyring of the Secret Service is locked",
        "unlock it, by logging in to your desktop for example");
  }
}
