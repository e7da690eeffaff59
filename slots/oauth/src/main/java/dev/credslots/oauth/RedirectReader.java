package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Understands what came back of an attempt to log in. Pure.
 *
 * @param state what was sent along
 */
record RedirectReader(String state) {
  /** A code has some 100 characters. */
  private static final int LONGEST = 8192;

  private static final Pattern VISIBLE = Pattern.compile("[!-~]+");
  private static final Pattern ADDRESS = Pattern.compile("https?://[^?]*(\\?(?<query>[^#]*).*)?");
  private static final Pattern QUERY =
      Pattern.compile("\\??(?<query>(.*&)?(code|state|error)=[^#]*).*");
  private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");

  /**
   * What a person pasted: the whole address the browser was sent to, its query, {@code code#state},
   * or the code alone. Only the last one comes without the state; that it belongs to this attempt
   * is left to the server, which knows the challenge it gave the code for.
   */
  Redirected pasted(String text) {
    String line = text.strip();
    if (line.isEmpty()) {
      return new Redirected.NotOurs("nothing was pasted");
    }
    if (line.length() > LONGEST || !VISIBLE.matcher(line).matches()) {
      return new Redirected.NotOurs("that is neither an address nor a code");
    }
    for (Pattern form : new Pattern[] {ADDRESS, QUERY}) {
      var matcher = form.matcher(line);
      if (matcher.matches()) {
        String query = matcher.group("query");
        return query(query == null ? "" : query);
      }
    }
    int hash = line.indexOf('#');
    return hash < 0
        ? new Redirected.Code(Secret.of(line))
        : checked(
            Optional.of(line.substring(0, hash)),
            Optional.empty(),
            Optional.of(line.substring(hash + 1)));
  }

  /**
   * The query of a callback.
   *
   * @param query as it came, still encoded
   */
  Redirected query(String query) {
    Optional<String> code = Optional.empty();
    Optional<String> error = Optional.empty();
    Optional<String> given = Optional.empty();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      Optional<String> value = equals < 0 ? Optional.empty() : decoded(pair.substring(equals + 1));
      if (value.isPresent()) {
        switch (pair.substring(0, equals)) {
          case "code" -> code = value;
          case "error" -> error = value;
          case "state" -> given = value;
          default -> {}
        }
      }
    }
    return checked(code, error, given);
  }

  private Redirected checked(
      Optional<String> code, Optional<String> error, Optional<String> given) {
    if (given.isEmpty()) {
      return new Redirected.NotOurs("there is no state in that; paste all of it");
    }
    if (!given.get().equals(state)) {
      return new Redirected.NotOurs("that belongs to another login: its state is not this one's");
    }
    if (error.isPresent()) {
      return new Redirected.Denied(error.filter(word -> ERROR.matcher(word).matches()));
    }
    return code.filter(text -> !text.isEmpty())
        .<Redirected>map(text -> new Redirected.Code(Secret.of(text)))
        .orElseGet(() -> new Redirected.NotOurs("there is no code in that"));
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // A percent sign that stands for nothing.
    }
  }
}
