package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import java.util.Optional;

/**
 * What an authorization server said through a browser (RFC 6749, 4.1.2), by a callback or by what a
 * person pasted. Nothing here shows a code.
 */
public sealed interface Redirected {

  /** It gave a code, for this very attempt. */
  record Code(Secret code) implements Redirected {}

  /**
   * It gave none.
   *
   * @param error its word, such as {@code access_denied}, if it is one
   */
  record Denied(Optional<String> error) implements Redirected {}

  /** It is not the answer to this attempt, or none at all. Another may come. */
  record NotOurs(String reason) implements Redirected {}
}
