package dev.credslots.cli;

import dev.credslots.keychain.MacKeychainStore;
import dev.credslots.keychain.SecretServiceStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The operating system and where its programs are.
 *
 * @param os as Java calls it: {@code Mac OS X}
 * @param programs where programs of the system are looked for
 * @param security macOS's program of that name
 */
record Machine(String os, List<Path> programs, Path security) {

  static Machine ofThisProcess() {
    return new Machine(
        System.getProperty("os.name", ""),
        SecretServiceStore.SYSTEM_DIRECTORIES,
        MacKeychainStore.SECURITY);
  }

  boolean mac() {
    return os.toLowerCase(Locale.ROOT).startsWith("mac");
  }

  boolean windows() {
    return os.toLowerCase(Locale.ROOT).startsWith("windows");
  }
}
