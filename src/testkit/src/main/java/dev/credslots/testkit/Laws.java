package dev.credslots.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold of a credentials directory whatever was killed, cut or raced in it.
 *
 * <p>Judged from the files alone, with none of the engine's code.
 */
public final class Laws {
  private Laws() {}

  /** When the directory is looked at. */
  public enum Moment {
    /** Right after a kill: a token may be in a temp file that recovery will bring home. */
    INTERRUPTED,
    /** After the next command: every token has its place and nothing temporary is left. */
    SETTLED
  }

  /** What is expected of one directory. Immutable. */
  public record Expectations(Moment moment, Map<String, String> owners, Set<String> tokens) {
    /** Nothing expected but what holds of every directory. */
    public static Expectations at(Moment moment) {
      return new Expectations(moment, Map.of(), Set.of());
    }

    /** Copies what it is given. */
    public Expectations {
      owners = Map.copyOf(owners);
      tokens = Set.copyOf(tokens);
    }

    /** These and: a slot belongs to an account, and may hold no other's tokens. */
    public Expectations owner(String slot, String account) {
      Map<String, String> more = new LinkedHashMap<>(owners);
      more.put(slot, account);
      return new Expectations(moment, more, tokens);
    }

    /** These and: a login's refresh token is still on disk. */
    public Expectations token(FakeLogin login) {
      return token(login.refreshToken());
    }

    /** These and: a refresh token is still on disk. */
    public Expectations token(String refreshToken) {
      Set<String> more = new LinkedHashSet<>(tokens);
      more.add(refreshToken);
      return new Expectations(moment, owners, more);
    }

    /** The same, looked at in another moment. */
    public Expectations in(Moment other) {
      return new Expectations(other, owners, tokens);
    }
  }

  /**
   * Every law that does not hold, a sentence each; empty when all do.
   *
   * @throws IOException if the directory can't be read, of which nothing can be said then
   */
  public static List<String> check(CredentialsDirectory directory, Expectations expected)
      throws IOException {
    List<String> violations = new ArrayList<>();
    live(directory, violations);
    tokens(directory, expected, violations);
    owners(directory, expected, violations);
    permissions(directory, violations);
    if (expected.moment() == Moment.SETTLED) {
      for (Path file : directory.below()) {
        if (isTemporary(file)) {
          violations.add("temp file left: " + directory.relative(file));
        }
      }
    }
    return violations;
  }

  private static void live(CredentialsDirectory directory, List<String> violations)
      throws IOException {
    Path live = directory.livePath();
    Optional<byte[]> bytes = directory.live();
    if (bytes.isPresent()) {
      if (Json.object(bytes.get()).isEmpty()) {
        violations.add("live path is torn: " + bytes.get().length + " bytes, no JSON object");
      }
    } else if (Files.isSymbolicLink(live)) {
      violations.add("live path is dangling: " + Files.readSymbolicLink(live));
    } else if (Files.exists(live, LinkOption.NOFOLLOW_LINKS)) {
      violations.add("live path is not a file");
    } else {
      violations.add("live path is absent");
    }
  }

  private static void tokens(
      CredentialsDirectory directory, Expectations expected, List<String> violations)
      throws IOException {
    Map<String, Set<String>> found = directory.tokensOnDisk();
    for (String token : expected.tokens()) {
      Set<String> files = found.getOrDefault(token, Set.of());
      boolean kept =
          expected.moment() == Moment.INTERRUPTED
              ? !files.isEmpty()
              : files.stream().anyMatch(name -> !isTemporary(name));
      if (!kept) {
        violations.add(
            "token lost: " + name(token) + (files.isEmpty() ? "" : ", only in " + files));
      }
    }
  }

  private static void owners(
      CredentialsDirectory directory, Expectations expected, List<String> violations)
      throws IOException {
    Map<String, Set<String>> tokens = directory.slotTokens();
    expected
        .owners()
        .forEach(
            (slot, account) -> {
              for (String token : tokens.getOrDefault(slot, Set.of())) {
                if (!FakeLogin.accountOf(token).equals(Optional.of(account))) {
                  violations.add(
                      "slot " + slot + " of " + account + " holds a token of " + name(token));
                }
              }
            });
  }

  private static void permissions(CredentialsDirectory directory, List<String> violations)
      throws IOException {
    for (Path file : directory.below()) {
      String name = directory.relative(file);
      boolean ours =
          name.equals(CredentialsDirectory.STATE_NAME)
              || name.startsWith(CredentialsDirectory.STATE_NAME + "/");
      boolean credential = name.startsWith(directory.client().liveName());
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        if (ours) {
          permission(file, name, "rwx------", violations);
        }
      } else if ((ours || credential) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        permission(file, name, "rw-------", violations);
      }
    }
  }

  private static void permission(Path file, String name, String expected, List<String> violations)
      throws IOException {
    Optional<String> actual = CredentialsDirectory.permissions(file);
    if (actual.isPresent() && !actual.get().equals(expected)) {
      violations.add("permissions of " + name + " are " + actual.get() + ", not " + expected);
    }
  }

  private static boolean isTemporary(Path file) {
    return file.getFileName().toString().contains(".tmp");
  }

  private static boolean isTemporary(String relativeName) {
    return relativeName.contains(".tmp");
  }

  /** Account and number say which token is meant; the rest of it is a secret, if a fake one. */
  private static String name(String token) {
    return FakeLogin.accountOf(token).orElse("?") + " #" + FakeLogin.sequenceOf(token).orElse(-1);
  }
}
