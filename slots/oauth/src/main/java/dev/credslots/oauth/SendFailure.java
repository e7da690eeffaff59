package dev.credslots.oauth;

import dev.credslots.oauth.TokenEndpoint.Limits;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Why an exchange did not end well, in words without a secret. Once a reply may be on its way no
 * message of an exception is quoted: the client quotes what it cannot read, and that may be the
 * token.
 */
final class SendFailure {
  private static final int MAX_DETAIL = 160;
  private static final int MAX_DEPTH = 16;

  private final @Nullable Throwable failure;
  private final Limits limits;

  SendFailure(Optional<Throwable> failure, Limits limits) {
    this.failure = failure.orElse(null);
    this.limits = limits;
  }

  /**
   * Whether the server went away before TLS was agreed on. The client takes that for a connection
   * and asks for the body, but has no key yet to send it with [seen with 17 and 25].
   *
   * <p>By the words, for an alert of the same class can also come after the handshake (TLS 1.3: a
   * certificate is required), when the body may have been sent: should the words change, such an
   * end counts as unknown. So it does where the client was told to repeat requests by itself: the
   * handshake may be that of a second connection, and the first one had the body.
   */
  boolean isEndedHandshake() {
    if (System.getProperty("jdk.httpclient.enableAllMethodRetry") != null) {
      return false;
    }
    Throwable each = failure;
    for (int depth = 0; each != null && depth < MAX_DEPTH; depth++) {
      if (each instanceof SSLHandshakeException
          && String.valueOf(each.getMessage()).startsWith("Remote host ")) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  /** Why the token was not sent. */
  String beforeSending() {
    if (has(InterruptedException.class)) {
      return "interrupted";
    }
    if (has(HttpConnectTimeoutException.class)) {
      return "no connection within " + seconds(limits.connect().toMillis());
    }
    if (has(TimeoutException.class)) {
      return "no connection within " + seconds(limits.inAll().toMillis());
    }
    if (isUnknownHost()) {
      return "the server's name is not known here";
    }
    if (has(SSLHandshakeException.class)) {
      return "the TLS handshake failed" + detail();
    }
    return (has(ConnectException.class) ? "no connection" : "the request could not be made")
        + detail();
  }

  /** Why there is no whole reply. */
  String whileReading() {
    if (has(TimeoutException.class)) {
      return "no whole reply within " + seconds(limits.inAll().toMillis());
    }
    Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
    return "the connection broke"
        + (cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")");
  }

  /** By name: its class is among those for channels, which this module has no business with. */
  private boolean isUnknownHost() {
    if (has(UnknownHostException.class)) {
      return true;
    }
    Throwable each = failure;
    for (int depth = 0; each != null && depth < MAX_DEPTH; depth++) {
      if (each.getClass().getSimpleName().equals("UnresolvedAddressException")) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  private boolean has(Class<? extends Throwable> type) {
    Throwable each = failure;
    for (int depth = 0; each != null && depth < MAX_DEPTH; depth++) {
      if (type.isInstance(each)) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  /** What the innermost cause says: "Connection refused", a certificate that is not trusted. */
  private String detail() {
    Throwable each = failure;
    String text = null;
    for (int depth = 0; each != null && depth < MAX_DEPTH; depth++) {
      text = each.getMessage() == null ? text : each.getMessage();
      each = each.getCause();
    }
    if (text == null) {
      return "";
    }
    String clean = text.replaceAll("[^ -~]", "?");
    return " (" + clean.substring(0, Math.min(clean.length(), MAX_DETAIL)) + ")";
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
