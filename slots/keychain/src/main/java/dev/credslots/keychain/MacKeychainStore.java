package dev.credslots.keychain;

import dev.credslots.accounts.TokenStore;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The login keychain of macOS, through {@code /usr/bin/security}: generic passwords with the key as
 * service and {@code agent-loop} as account.
 *
 * <p>Arguments are for everybody to read, so a secret goes through {@code security -i} on standard
 * input, as hexadecimal digits ({@code -X}), in which nothing needs a quote. Its lines are cut at
 * 4,096 bytes and the rest is run as another command [source: security.c], so what is longer is
 * refused. It ends with the lowest byte of an {@code OSStatus} [source]. {@code -U} updates only if
 * the account is the same. Thread-safe.
 */
public final class MacKeychainStore implements TokenStore {
  /** For people and {@code --store}. */
  public static final String NAME = "keychain";

  /** Always this one: items that another program makes let {@code security} ask for permission. */
  public static final Path SECURITY = Path.of("/usr/bin/security");

  private static final int LINE_BUFFER = 4096;

  // The lowest byte of each OSStatus.
  private static final int INTERACTION_NOT_ALLOWED = 36;
  private static final int NO_DEFAULT_KEYCHAIN = 37;
  private static final int NOT_FOUND = 44;
  private static final int DUPLICATE = 45;
  private static final int NO_SUCH_KEYCHAIN = 50;
  private static final int AUTHORIZATION_FAILED = 51;
  private static final int NOT_AVAILABLE = 53;

  private final Path program;
  private final Tool security;

  /**
   * Touches nothing.
   *
   * @param security {@link #SECURITY}, but for tests
   */
  public MacKeychainStore(Path security, ProgramRunner runner) {
    this.program = security;
    this.security = new Tool(security, runner);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Secret> read(String key) throws TokenStoreException {
    ProgramRunner.Ended ended = onItem("find-generic-password", key, "-w");
    if (ended.exit() == NOT_FOUND) {
      return Optional.empty();
    }
    if (ended.exit() != 0) {
      throw trouble("reading from the keychain", ended.exit());
    }
    String printed = ended.out().reveal();
    boolean line = printed.endsWith("\n");
    return Optional.of(
        Printed.understood(line ? printed.substring(0, printed.length() - 1) : printed));
  }

  @Override
  public void write(String key, Secret value) throws TokenStoreException {
    requireItem(key);
    TokenStore.requireOneLine(value);
    if (!Printed.understood(Printed.as(value)).equals(value)) {
      throw Tool.refused(
          "it would be taken for other text that the keychain prints in hexadecimal digits",
          "use --store file");
    }
    String command = "add-generic-password -U -a " + Tool.ACCOUNT + " -s " + key + " -X ";
    byte[] bytes = value.reveal().getBytes(StandardCharsets.UTF_8);
    int most = (LINE_BUFFER - 2 - command.length()) / 2;
    if (bytes.length > most) {
      throw Tool.refused(
          "it is longer than the " + most + " bytes that can be given to the keychain",
          "use --store file");
    }
    String line = command + HexFormat.of().formatHex(bytes) + "\n";
    int exit = security.run(line.getBytes(StandardCharsets.US_ASCII), "-i").exit();
    if (exit == DUPLICATE) {
      throw Tool.failed(
          "the keychain has such an item already and did not update it",
          "look at " + key + " in Keychain Access");
    }
    if (exit != 0) {
      throw trouble("storing in the keychain", exit);
    }
    if (!read(key).equals(Optional.of(value))) {
      throw Tool.failed(
          "the keychain gave back another secret than was stored",
          "another program may have stored one at the same time; try again");
    }
  }

  @Override
  public boolean remove(String key) throws TokenStoreException {
    int exit = onItem("delete-generic-password", key).exit();
    if (exit != 0 && exit != NOT_FOUND) {
      throw trouble("removing from the keychain", exit);
    }
    return exit == 0;
  }

  @Override
  public List<String> list(List<String> candidates) throws TokenStoreException {
    List<String> keys = new ArrayList<>();
    for (String key : candidates) {
      int exit = onItem("find-generic-password", key).exit();
      if (exit != 0 && exit != NOT_FOUND) {
        throw trouble("looking into the keychain", exit);
      }
      if (exit == 0) {
        keys.add(key);
      }
    }
    return keys;
  }

  private ProgramRunner.Ended onItem(String command, String key, String... more)
      throws TokenStoreException {
    requireItem(key);
    List<String> words = new ArrayList<>(List.of(command, "-a", Tool.ACCOUNT, "-s", key));
    words.addAll(List.of(more));
    return security.run(Tool.NO_INPUT, words.toArray(new String[0]));
  }

  private void requireItem(String key) throws TokenStoreException {
    Tool.requireKey(key);
    if (!Files.isExecutable(program)) {
      throw Tool.absent("there is no " + program + ": it is a part of macOS", "use --store file");
    }
  }

  private TokenStoreException trouble(String doing, int exit) {
    return switch (exit) {
      case INTERACTION_NOT_ALLOWED, AUTHORIZATION_FAILED ->
          Tool.locked(
              "the keychain is locked, or nobody may be asked to unlock it here",
              "unlock it: security unlock-keychain");
      case NO_DEFAULT_KEYCHAIN, NO_SUCH_KEYCHAIN, NOT_AVAILABLE ->
          Tool.absent("there is no keychain for this user", "log in to macOS, or use --store file");
      default -> security.ended(doing, exit);
    };
  }

  /**
   * How {@code find-generic-password -w} prints a secret: as it is if every byte is printable
   * ASCII, otherwise in hexadecimal digits, and nothing tells which.
   */
  private static final class Printed {
    private Printed() {}

    static String as(Secret value) {
      byte[] bytes = value.reveal().getBytes(StandardCharsets.UTF_8);
      return printable(bytes) ? value.reveal() : HexFormat.of().formatHex(bytes);
    }

    /** Digits are text's only if that text would have been printed in digits. */
    static Secret understood(String printed) {
      if (!printed.isEmpty() && printed.length() % 2 == 0 && isHex(printed)) {
        byte[] bytes = HexFormat.of().parseHex(printed);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!printable(bytes) && text.indexOf('\uFFFD') < 0) {
          return Secret.of(text);
        }
      }
      return Secret.of(printed);
    }

    private static boolean isHex(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (!HexFormat.isHexDigit(text.charAt(i))) {
          return false;
        }
      }
      return true;
    }

    private static boolean printable(byte[] bytes) {
      for (byte b : bytes) {
        if (b < ' ' || b > '~') {
          return false;
        }
      }
      return true;
    }
  }
}
