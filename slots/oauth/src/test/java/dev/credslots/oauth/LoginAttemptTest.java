package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Secret;
import dev.credslots.testkit.Browser;
import dev.credslots.testkit.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The address to open, and the waiting for the browser. */
@Timeout(60)
class LoginAttemptTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static Authorization callback(int port) {
    return Authorization.CLAUDE.withRedirectUri(
        URI.create("http://localhost:" + port + "/callback"));
  }

  private static LoginAttempt attempt(Authorization authorization) {
    return new LoginAttempt(Provider.CLAUDE, authorization, new Random(7));
  }

  static Map<String, String> query(URI url) {
    Map<String, String> query = new HashMap<>();
    for (String pair : url.getRawQuery().split("&")) {
      int equals = pair.indexOf('=');
      query.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  @Test
  void the_page_is_asked_for_as_the_client_asks_for_it() throws Exception {
    try (LoginAttempt attempt = attempt(Authorization.CLAUDE)) {
      assertTrue(attempt.url().toString().startsWith("https://claude.ai/oauth/authorize?"));
      Map<String, String> query = query(attempt.url());
      assertEquals("true", query.get("code"));
      assertEquals("code", query.get("response_type"));
      assertEquals(Provider.CLAUDE.clientId(), query.get("client_id"));
      assertEquals("http://localhost:53692/callback", query.get("redirect_uri"));
      assertEquals(String.join(" ", Provider.CLAUDE.scopes()), query.get("scope"));
      assertEquals("S256", query.get("code_challenge_method"));
      String verifier = attempt.exchange(new Redirected.Code(Secret.of("c"))).verifier().reveal();
      assertEquals(
          query.get("code_challenge"),
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(verifier.getBytes(StandardCharsets.US_ASCII))));
      assertTrue(verifier.matches("[A-Za-z0-9_-]{43}"), "the length RFC 7636 asks for");
      assertNotEquals(verifier, query.get("state"));
      assertFalse(attempt.url().toString().contains(verifier));
      assertFalse(attempt.toString().contains(query.get("state")));
    }
  }

  @Test
  void no_two_attempts_share_a_state_or_a_challenge() {
    LoginFlow flow =
        new LoginFlow(
            Provider.CLAUDE, Authorization.CLAUDE, java.time.Clock.systemUTC(), message -> {});
    try (LoginAttempt one = flow.begin();
        LoginAttempt other = flow.begin()) {
      assertNotEquals(query(one.url()).get("state"), query(other.url()).get("state"));
      assertNotEquals(
          query(one.url()).get("code_challenge"), query(other.url()).get("code_challenge"));
    }
  }

  @Test
  void codex_is_asked_with_what_its_page_wants() {
    try (LoginAttempt attempt =
        new LoginAttempt(Provider.CODEX, Authorization.CODEX, new Random(7))) {
      Map<String, String> query = query(attempt.url());
      assertEquals("true", query.get("id_token_add_organizations"));
      assertEquals("true", query.get("codex_cli_simplified_flow"));
      assertEquals("http://localhost:1455/auth/callback", query.get("redirect_uri"));
      assertEquals(Optional.empty(), attempt.exchange(new Redirected.Code(Secret.of("c"))).state());
    }
  }

  @Test
  void the_browser_brings_the_code() throws Exception {
    int port = FreePort.choose();
    try (LoginAttempt attempt = attempt(callback(port))) {
      assertEquals(Optional.empty(), attempt.listen());
      String state = query(attempt.url()).get("state");
      Browser.Page page =
          Browser.open(
              URI.create(
                  "http://127.0.0.1:" + port + "/callback?code=c%2B1&state=" + state + "&x=1"));
      assertEquals(200, page.status());
      assertEquals(Optional.of(new Redirected.Code(Secret.of("c+1"))), attempt.await(SOON));
      assertFalse(page.text().contains("c+1") || page.text().contains(state), page.text());
    }
  }

  @Test
  void a_redirect_without_a_path_is_waited_for_at_the_root() throws Exception {
    int port = FreePort.choose();
    URI bare = URI.create("http://127.0.0.1:" + port);
    try (LoginAttempt attempt = attempt(Authorization.CLAUDE.withRedirectUri(bare))) {
      attempt.listen();
      String state = query(attempt.url()).get("state");
      assertEquals(404, Browser.open(URI.create(bare + "/favicon.ico")).status());
      assertEquals(200, Browser.open(URI.create(bare + "/?code=c&state=" + state)).status());
      assertEquals(Optional.of(new Redirected.Code(Secret.of("c"))), attempt.await(SOON));
    }
  }

  @Test
  void a_wrong_state_gets_400_and_the_waiting_goes_on() throws Exception {
    int port = FreePort.choose();
    String base = "http://127.0.0.1:" + port;
    try (LoginAttempt attempt = attempt(callback(port))) {
      attempt.listen();
      String state = query(attempt.url()).get("state");
      for (String stranger :
          new String[] {
            "/callback?code=c&state=other",
            "/callback?code=c",
            "/callback?state=" + state,
            "/callback",
            "/callback?error=access_denied&state=other"
          }) {
        assertEquals(400, Browser.open(URI.create(base + stranger)).status(), stranger);
      }
      assertEquals(404, Browser.open(URI.create(base + "/favicon.ico")).status());
      assertEquals(
          404, Browser.open(URI.create(base + "/callback/x?code=c&state=" + state)).status());
      Browser.open(URI.create(base + "/callback?code=right&state=" + state));
      assertEquals(Optional.of(new Redirected.Code(Secret.of("right"))), attempt.await(SOON));
    }
  }

  /** The JDK's server complains where it is answered to as if it had asked for the page. */
  @Test
  void somebody_who_only_asks_whether_there_is_a_page_is_refused_and_nothing_said()
      throws Exception {
    int port = FreePort.choose();
    List<LogRecord> said = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("com.sun.net.httpserver");
    Handler listening =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            said.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(listening);
    try (LoginAttempt attempt = attempt(callback(port))) {
      attempt.listen();
      HttpURLConnection asking =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/callback").toURL().openConnection();
      asking.setRequestMethod("HEAD");
      assertEquals(405, asking.getResponseCode());
      assertEquals(Optional.empty(), attempt.await(Duration.ofMillis(1)));
    } finally {
      logger.removeHandler(listening);
    }
    assertEquals(List.of(), said.stream().map(LogRecord::getMessage).toList());
  }

  @Test
  void a_server_that_says_no_is_heard() throws Exception {
    int port = FreePort.choose();
    try (LoginAttempt attempt = attempt(callback(port))) {
      attempt.listen();
      String state = query(attempt.url()).get("state");
      Browser.open(
          URI.create("http://127.0.0.1:" + port + "/callback?error=access_denied&state=" + state));
      assertEquals(
          Optional.of(new Redirected.Denied(Optional.of("access_denied"))), attempt.await(SOON));
    }
  }

  @Test
  void nobody_comes() throws Exception {
    try (LoginAttempt attempt = attempt(callback(FreePort.choose()))) {
      attempt.listen();
      assertEquals(Optional.empty(), attempt.await(Duration.ofMillis(50)));
    }
  }

  @Test
  void a_port_that_somebody_has_is_no_failure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        LoginAttempt attempt = attempt(callback(taken.getLocalPort()))) {
      String why = attempt.listen().orElseThrow();
      assertTrue(why.contains(Integer.toString(taken.getLocalPort())), why);
      assertInstanceOf(Redirected.Code.class, attempt.pasted("c"));
    }
  }

  @Test
  void once_it_is_closed_the_port_is_free() throws Exception {
    int port = FreePort.choose();
    try (LoginAttempt attempt = attempt(callback(port))) {
      attempt.listen();
    }
    assertThrows(
        ConnectException.class,
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 5000);
          }
        });
    try (LoginAttempt again = attempt(callback(port))) {
      assertEquals(Optional.empty(), again.listen());
    }
  }

  @Test
  void nobody_but_this_machine_can_call() throws Exception {
    int port = FreePort.choose();
    try (LoginAttempt attempt = attempt(callback(port))) {
      attempt.listen();
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(each.getInetAddresses())) {
          boolean own = address.equals(InetAddress.getByName("127.0.0.1"));
          if (!own && address instanceof Inet4Address) {
            assertThrows(
                IOException.class,
                () -> {
                  try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, port), 2000);
                  }
                },
                address::toString);
          }
        }
      }
      // Whatever else this machine's own network has: another address of it is not listened at.
      assertThrows(
          IOException.class,
          () -> {
            try (Socket socket = new Socket()) {
              socket.connect(new InetSocketAddress("127.0.0.2", port), 2000);
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://platform.claude.com/oauth/code/callback",
        "http://[::1]:53692/callback",
        "http://localhost/callback",
        "https://localhost:53692/callback"
      })
  void a_redirect_to_elsewhere_is_for_pasting(String redirect) {
    try (LoginAttempt attempt =
        attempt(Authorization.CLAUDE.withRedirectUri(URI.create(redirect)))) {
      assertTrue(attempt.listen().isPresent());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://example.com/x", "https://me:pw@example.com/", "/relative"})
  void urls_that_would_show_a_code_or_a_token_are_refused(String url) {
    URI uri = URI.create(url);
    for (var change :
        java.util.List.<java.util.function.UnaryOperator<Authorization>>of(
            all -> all.withUrl(uri),
            all -> all.withRedirectUri(uri),
            all -> all.withProfileUrl(uri))) {
      IllegalArgumentException thrown =
          assertThrows(IllegalArgumentException.class, () -> change.apply(Authorization.CLAUDE));
      assertFalse(String.valueOf(thrown.getMessage()).contains("pw"), thrown.getMessage());
    }
  }
}
