package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.credslots.testkit.CredentialsDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A credentials directory made by hand, with {@code printf} and {@code ln} in a shell: nothing of
 * ours has had a hand in it. Its tokens have the form of the test kit's, so that the laws know
 * them.
 */
final class HandMadeDirectory {
  /** The random part of a token; the shell makes up no better ones. */
  private static final String RANDOM = "0123456789abcdef0123456789abcdef01234567";

  /** Seconds of the epoch for the shell to reckon with; the marker is a day of each slot's own. */
  private static final String FUNCTIONS =
      """
      set -eu
      umask 077
      now=$(date +%s)
      token() { printf 'sk-ant-o%st01-FAKE-%s-%s-RANDOM' "$1" "$2" "$3"; }
      login() { # account number seconds-from-now day-of-the-login's-end
        printf '{"claudeAiOauth":{"accessToken":"%s","refreshToken":"%s","expiresAt":%s000,' \\
          "$(token a "$1" "$2")" "$(token r "$1" "$2")" $((now + $3))
        printf '"refreshTokenExpiresAt":%s000,"scopes":["user:inference"],' $((now + $4 * 86400))
        printf '"subscriptionType":"max","rateLimitTier":"default_claude_max_20x"}}'
      }
      """
          .replace("RANDOM", RANDOM);

  private static final String SLOTS =
      """
      login bob 1 28800 20 >.credentials.json.bob
      login alice 1 14400 21 >.credentials.json.alice
      printf '{"claudeAiOauth":{"accessToken":"%s","expiresAt":%s000}}' \\
        "$(token a erik 1)" $((now - 420)) >.credentials.json.erik
      login stale 1 -60 22 >.credentials.json.stale
      login soon 1 60 23 >.credentials.json.soon
      printf '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0}}' \\
        >.credentials.json.wiped
      printf 'torn {' >.credentials.json.torn
      """;

  private final CredentialsDirectory directory;

  private HandMadeDirectory(CredentialsDirectory directory) {
    this.directory = directory;
  }

  /**
   * Slots: {@code alice} and {@code bob} fresh, {@code erik} expired without a refresh token,
   * {@code stale} refreshable, {@code soon} inside the grace, {@code wiped}, {@code torn}. Bob is
   * live.
   */
  static HandMadeDirectory of(Path path) throws Exception {
    return empty(path).shell(SLOTS + "ln -s .credentials.json.bob .credentials.json");
  }

  /** A directory with nothing in it. */
  static HandMadeDirectory empty(Path path) throws Exception {
    return new HandMadeDirectory(CredentialsDirectory.create(path.toAbsolutePath()));
  }

  /**
   * Runs shell commands in the directory, which have {@code login ACCOUNT NUMBER SECONDS DAYS} to
   * print a login with.
   */
  HandMadeDirectory shell(String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of("sh", "-c", FUNCTIONS + script))
            .directory(path().toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return this;
  }

  /** A client renames bob's login, refreshed, over the live path. */
  HandMadeDirectory refreshedByAClient() throws Exception {
    return shell("login bob 2 28900 20 >live.new; mv live.new .credentials.json");
  }

  /** A client renames a login over the live path that belongs to no slot. */
  HandMadeDirectory loggedInAsCarol() throws Exception {
    return shell("login carol 1 28800 40 >live.new; mv live.new .credentials.json");
  }

  /** Bob's bytes at the live path, in a file of their own. */
  HandMadeDirectory detached() throws Exception {
    return shell("cp .credentials.json.bob live.new; mv live.new .credentials.json");
  }

  Path path() {
    return directory.path();
  }

  CredentialsDirectory credentials() {
    return directory;
  }

  /** The refresh token that {@code login} prints. */
  static String refreshToken(String account, int number) {
    return "sk-ant-ort01-FAKE-" + account + "-" + number + "-" + RANDOM;
  }
}
