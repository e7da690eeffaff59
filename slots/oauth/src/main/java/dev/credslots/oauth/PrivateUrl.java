package dev.credslots.oauth;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A URL that a secret is sent to: nobody on the way may read it. */
final class PrivateUrl {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

  private PrivateUrl() {}

  /**
   * @param what is called so in the message: {@code token URL}
   * @throws IllegalArgumentException if the URL would show a secret to others; the message is a
   *     sentence for people
   */
  static void check(String what, URI url) {
    if (url.getRawUserInfo() != null || hasAt(url.getRawAuthority())) {
      throw new IllegalArgumentException("The " + what + " must not hold a user or a password.");
    }
    if (url.getScheme() == null || url.getHost() == null) {
      throw new IllegalArgumentException("The " + what + " needs a scheme and a host.");
    }
    if (url.getRawFragment() != null) {
      throw new IllegalArgumentException("The " + what + " must not have a fragment (#).");
    }
    if (url.getPort() > 0xFFFF || url.getPort() == 0) {
      throw new IllegalArgumentException("The " + what + "'s port must be between 1 and 65535.");
    }
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("https") || (scheme.equals("http") && isLoopback(url))) {
      return;
    }
    throw new IllegalArgumentException(
        "The "
            + what
            + " must be https, or http on this machine (localhost, 127.0.0.1, [::1]), not "
            + scheme
            + "://"
            + url.getHost()
            + ".");
  }

  /** A host that Java's URI cannot read leaves its user info where no getter finds it. */
  private static boolean hasAt(@Nullable String authority) {
    return authority != null && authority.indexOf('@') >= 0;
  }

  /** Whether the URL's host is this machine by its very name. */
  static boolean isLoopback(URI url) {
    return LOOPBACK.matcher(url.getHost()).matches();
  }
}
