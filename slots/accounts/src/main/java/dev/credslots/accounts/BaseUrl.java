package dev.credslots.accounts;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an API key is sent: over https, or in plain text to this machine only. It holds no
 * credentials, since it is shown and stored in the open.
 *
 * @param text as it was given
 */
public record BaseUrl(String text) {
  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.[0-9]{1,3}){3}");
  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]", "[0:0:0:0:0:0:0:1]");

  /**
   * @throws IllegalArgumentException with {@link #problem} as its message
   */
  public BaseUrl {
    problem(text)
        .ifPresent(
            sentence -> {
              throw new IllegalArgumentException(sentence);
            });
  }

  /** Why {@code text} cannot be one, without repeating it; empty if it can. */
  public static Optional<String> problem(String text) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      return Optional.of("the base URL is not a URL");
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      return Optional.of("the base URL must begin with https:// (or http:// for this machine)");
    }
    String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
    if (authority.contains("@")) {
      return Optional.of("the base URL must not hold credentials");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      return Optional.of("the base URL must not hold a query or fragment");
    }
    if (url.getHost() == null) {
      return Optional.of("the base URL names no host");
    }
    return scheme.equals("http") && !loopback(url.getHost().toLowerCase(Locale.ROOT))
        ? Optional.of("the base URL must begin with https:// unless it is this machine's own")
        : Optional.empty();
  }

  private static boolean loopback(String host) {
    return LOOPBACK.contains(host) || LOOPBACK_V4.matcher(host).matches();
  }
}
