package dev.credslots.keychain;

import dev.credslots.accounts.TokenStoreException;

/**
 * Asks the session bus about the Secret Service, through {@code gdbus}. {@code secret-tool} ends
 * with 1 alike for what is missing, locked or not there at all, and asks to unlock what is locked
 * [seen with 0.20.5]; none of these questions makes anybody ask anything.
 */
final class SecretBus {
  private static final String ROOT = "/org/freedesktop/secrets";
  private static final String SERVICE = "org.freedesktop.Secret.Service";

  private final Tool gdbus;

  SecretBus(Tool gdbus) {
    this.gdbus = gdbus;
  }

  /** Where a secret is. */
  enum Found {
    OPEN,
    LOCKED,
    NOWHERE
  }

  /** What new secrets would go into. */
  enum Keyring {
    OPEN,
    LOCKED,
    /** Nobody has made one yet; making one asks for a password. */
    NONE
  }

  /**
   * @throws TokenStoreException of kind {@code ABSENT} if there is no bus or nobody on it keeps
   *     secrets
   */
  Found find(String key) throws TokenStoreException {
    String attributes = "{'service': '" + key + "', 'account': '" + Tool.ACCOUNT + "'}";
    ProgramRunner.Ended ended = call(ROOT, SERVICE + ".SearchItems", attributes);
    if (ended.exit() != 0) {
      throw trouble(ended);
    }
    // ([objectpath '/…/login/1'], @ao []): those that are open, those that are locked.
    String reply = ended.out().reveal();
    int end = reply.indexOf(']');
    if (end < 0) {
      throw odd();
    }
    if (reply.lastIndexOf("'/", end) >= 0) {
      return Found.OPEN;
    }
    return reply.indexOf("'/", end) >= 0 ? Found.LOCKED : Found.NOWHERE;
  }

  /**
   * @throws TokenStoreException as {@link #find}
   */
  Keyring keyring() throws TokenStoreException {
    ProgramRunner.Ended ended =
        call(
            ROOT + "/aliases/default",
            "org.freedesktop.DBus.Properties.Get",
            "org.freedesktop.Secret.Collection",
            "Locked");
    if (ended.exit() != 0) {
      // The service answered, and has no such object.
      if (says(ended, "UnknownMethod", "UnknownObject", "NoSuchObject", "UnknownInterface")) {
        return Keyring.NONE;
      }
      throw trouble(ended);
    }
    String reply = ended.out().reveal();
    if (reply.contains("true")) {
      return Keyring.LOCKED;
    }
    if (reply.contains("false")) {
      return Keyring.OPEN;
    }
    throw odd();
  }

  private ProgramRunner.Ended call(String object, String method, String... arguments)
      throws TokenStoreException {
    String[] words = new String[9 + arguments.length];
    words[0] = "call";
    words[1] = "--session";
    words[2] = "--dest";
    words[3] = "org.freedesktop.secrets";
    words[4] = "--object-path";
    words[5] = object;
    words[6] = "--method";
    words[7] = method;
    words[8] = "--";
    System.arraycopy(arguments, 0, words, 9, arguments.length);
    return gdbus.run(Tool.NO_INPUT, words);
  }

  private static TokenStoreException trouble(ProgramRunner.Ended ended) {
    // A reply from the bus is marked, whatever the language; without one there is no bus.
    if (!says(ended, "GDBus.Error:")) {
      return Tool.absent(
          "there is no session bus, on which the Secret Service would be",
          "log in to a desktop session, or use --store file");
    }
    if (says(ended, "ServiceUnknown", "NameHasNoOwner", "Error.Spawn.")) {
      return Tool.absent(
          "nobody on the session bus keeps secrets",
          "start a keyring (gnome-keyring, KWallet, KeePassXC), or use --store file");
    }
    return odd();
  }

  private static TokenStoreException odd() {
    return Tool.failed("the Secret Service gave an answer that makes no sense", "");
  }

  private static boolean says(ProgramRunner.Ended ended, String... words) {
    for (String word : words) {
      if (ended.err().reveal().contains(word)) {
        return true;
      }
    }
    return false;
  }
}
