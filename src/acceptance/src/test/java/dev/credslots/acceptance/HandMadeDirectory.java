package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
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
      expired() { # account seconds-from-now
        printf '{"claudeAiOauth":{"accessToken":"%s","expiresAt":%s000}}' \\
          "$(token a "$1" 1)" $((now + $2))
      }
      wiped() { printf '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0}}'; }
      """
          .replace("RANDOM", RANDOM);

  /** The same for Codex, whose ends and accounts are in its tokens. */
  private static final String CODEX_FUNCTIONS =
      """
      set -eu
      umask 077
      now=$(date +%s)
      jwt() { # seconds-from-now account signature
        printf 'FAKE.%s.%s' "$(printf '{"exp":%s,"https://api.openai.com/auth":{%s}}' \\
          $((now + $1)) "\\"chatgpt_account_id\\":\\"account-$2\\"" |
          base64 -w0 | tr '+/' '-_' | tr -d '=')" "$3"
      }
      file() { # id-token access-token refresh-token account
        printf '{\n  "auth_mode": "chatgpt",\n  "OPENAI_API_KEY": null,\n  "tokens": {\n'
        printf '    "id_token": "%s",\n    "access_token": "%s",\n' "$1" "$2"
        printf '    "refresh_token": "%s",\n    "account_id": "%s"\n  }\n}' "$3" "$4"
      }
      login() { # account number seconds-from-now
        file "$(jwt 3600 "$1" FAKE)" "$(jwt "$3" "$1" "FAKE-$1-$2-RANDOM")" \\
          "rt_FAKE-$1-$2-RANDOM" "account-$1"
      }
      expired() { file "$(jwt 3600 "$1" FAKE)" "$(jwt "$2" "$1" "FAKE-$1-1-RANDOM")" "" "$1"; }
      wiped() { file "" "" "" ""; }
      """
          .replace("RANDOM", RANDOM);

  private static final String SLOTS =
      """
      login bob 1 28800 20 >.credentials.json.bob
      login alice 1 14400 21 >.credentials.json.alice
      expired erik -420 >.credentials.json.erik
      login stale 1 -60 22 >.credentials.json.stale
      login soon 1 60 23 >.credentials.json.soon
      wiped >.credentials.json.wiped
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
    return of(path, FakeClient.CLAUDE);
  }

  /** The same in another client's files. */
  static HandMadeDirectory of(Path path, FakeClient client) throws Exception {
    return empty(path, client).shell(SLOTS + "ln -s .credentials.json.bob .credentials.json");
  }

  /** A directory with nothing in it. */
  static HandMadeDirectory empty(Path path) throws Exception {
    return empty(path, FakeClient.CLAUDE);
  }

  /** The same, for another client. */
  static HandMadeDirectory empty(Path path, FakeClient client) throws Exception {
    return new HandMadeDirectory(CredentialsDirectory.create(path.toAbsolutePath()).of(client));
  }

  /**
   * Runs shell commands in the directory, which have {@code login ACCOUNT NUMBER SECONDS DAYS} to
   * print a login with. Whatever the client, they say {@code .credentials.json}.
   */
  HandMadeDirectory shell(String script) throws IOException, InterruptedException {
    boolean claude = directory.client() == FakeClient.CLAUDE;
    String all =
        (claude ? FUNCTIONS : CODEX_FUNCTIONS)
            + script.replace(FakeClient.CLAUDE.liveName(), directory.client().liveName());
    Process process =
        new ProcessBuilder(List.of("sh", "-c", all))
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

  /** The refresh token that {@code login} prints here. */
  String token(String account, int number) {
    String token = refreshToken(account, number);
    return directory.client() == FakeClient.CLAUDE ? token : token.replace("sk-ant-ort01-", "rt_");
  }

  /** The refresh token that {@code login} prints of Claude Code's. */
  static String refreshToken(String account, int number) {
    return "sk-ant-ort01-FAKE-" + account + "-" + number + "-" + RANDOM;
  }
}
