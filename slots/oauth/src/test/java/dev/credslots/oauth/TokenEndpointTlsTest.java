package dev.credslots.oauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Secret;
import dev.credslots.oauth.Answer.NoAnswer;
import dev.credslots.oauth.Answer.NotSent;
import dev.credslots.oauth.Answer.Replied;
import dev.credslots.oauth.RawServer.Connection;
import dev.credslots.oauth.TokenEndpoint.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a token after a connection with TLS broke, before and after its handshake. */
@Timeout(60)
class TokenEndpointTlsTest {
  private static final Limits PATIENT = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(40));
  private static SSLContext serving;
  private static SSLContext trusting;

  private final SSLContext before = defaultContext();
  private final List<Integer> retries = new ArrayList<>();

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), ISO_8859_1);
    assertEquals(0, keytool.waitFor(), said);
    char[] password = "changeit".toCharArray();
    KeyStore store = KeyStore.getInstance(file.toFile(), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store);
    serving = SSLContext.getInstance("TLS");
    serving.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trusted.getTrustManagers(), null);
  }

  @AfterEach
  void trustAsBefore() {
    SSLContext.setDefault(before);
  }

  private static SSLContext defaultContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer refresh(RawServer server) {
    Pauses pauses =
        retry -> {
          retries.add(retry);
          return Duration.ofMillis(1);
        };
    Provider provider = Provider.CLAUDE.withTokenUrl(server.url("https"));
    return new TokenEndpoint(provider, PATIENT, Clock.systemUTC(), pauses)
        .refresh(Secret.of("canary"), List.of());
  }

  private static SSLSocket handshaken(
      Connection connection, String version, boolean needsCertificate) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            serving
                .getSocketFactory()
                .createSocket(connection.socket(), null, connection.socket().getPort(), false);
    socket.setUseClientMode(false);
    socket.setEnabledProtocols(new String[] {version});
    socket.setNeedClientAuth(needsCertificate);
    socket.startHandshake();
    return socket;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void reply_over_tls(String version) throws IOException {
    SSLContext.setDefault(trusting);
    try (RawServer server =
        new RawServer(
            connection -> {
              SSLSocket socket = handshaken(connection, version, false);
              new Connection(socket, connection.server()).read();
              OutputStream out = socket.getOutputStream();
              out.write(RawServer.reply("200 OK", "{}").getBytes(ISO_8859_1));
              out.flush();
            })) {
      assertInstanceOf(Replied.class, refresh(server));
      assertEquals(1, server.requests.size());
    }
  }

  /** However a connection ends after the handshake, the token may have arrived. */
  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, close",
    "TLSv1.2, cut",
    "TLSv1.2, reset",
    "TLSv1.3, close",
    "TLSv1.3, cut",
    "TLSv1.3, reset",
  })
  void connection_that_ends_after_the_request_leaves_it_unknown(String version, String end)
      throws IOException {
    SSLContext.setDefault(trusting);
    try (RawServer server =
        new RawServer(
            connection -> {
              SSLSocket socket = handshaken(connection, version, false);
              new Connection(socket, connection.server()).read();
              if (end.equals("close")) {
                socket.close();
              } else if (end.equals("reset")) {
                connection.reset();
              }
            })) {
      assertInstanceOf(NoAnswer.class, refresh(server));
      assertEquals(1, server.connections.size());
      assertEquals(List.of(), retries);
    }
  }

  /**
   * In TLS 1.3 the client has sent its request by the time the server misses its certificate, and
   * sees the same class of exception as for a handshake that failed.
   */
  @Test
  void certificate_missed_after_the_request_leaves_it_unknown() throws IOException {
    SSLContext.setDefault(trusting);
    try (RawServer server = new RawServer(connection -> handshaken(connection, "TLSv1.3", true))) {
      assertInstanceOf(NoAnswer.class, refresh(server));
      assertEquals(List.of(), retries);
    }
  }

  @Test
  void server_that_is_not_trusted_gets_nothing() throws IOException {
    try (RawServer server = new RawServer(connection -> handshaken(connection, "TLSv1.3", false))) {
      String reason = assertInstanceOf(NotSent.class, refresh(server)).reason();
      assertTrue(reason.startsWith("the TLS handshake failed (unable to find valid"), reason);
      assertEquals(List.of(1, 2), retries);
    }
  }
}
