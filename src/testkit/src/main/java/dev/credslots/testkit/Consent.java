package dev.credslots.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The page of an authorization server where a person agrees, and the codes it gave: each good once,
 * for the verifier, the redirect and the client it was asked with. Confined to its server's lock.
 */
final class Consent {
  private final Map<String, Asked> codes = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private Optional<FakeLogin> person = Optional.empty();
  private Optional<String> denial = Optional.empty();
  private int given;

  /** What was asked with. */
  private record Asked(
      FakeLogin person, String challenge, String redirectUri, String clientId, String state) {}

  /** What a code is worth. */
  sealed interface Worth {
    record Login(FakeLogin login) implements Worth {}

    record Used(String account) implements Worth {}

    record Nothing() implements Worth {}
  }

  void loggedInAs(FakeLogin login) {
    person = Optional.of(login);
    denial = Optional.empty();
  }

  void denying(String error) {
    denial = Optional.of(error);
  }

  /** Where the browser is sent to; empty if the page shows an error instead. */
  Optional<String> agree(Map<String, String> asked) {
    String challenge = asked.getOrDefault("code_challenge", "");
    String state = asked.getOrDefault("state", "");
    String redirectUri = asked.getOrDefault("redirect_uri", "");
    String client = asked.getOrDefault("client_id", "");
    boolean sensible =
        "code".equals(asked.get("response_type"))
            && "S256".equals(asked.get("code_challenge_method"))
            && challenge.matches("[A-Za-z0-9_-]{43}")
            && !state.isEmpty()
            && !redirectUri.isEmpty()
            && !client.isEmpty();
    if (!sensible || (person.isEmpty() && denial.isEmpty())) {
      return Optional.empty();
    }
    String back = redirectUri + "?state=" + state;
    if (denial.isPresent()) {
      return Optional.of(back + "&error=" + denial.get());
    }
    String code = "FAKE-CODE-" + person.get().account() + "-" + ++given;
    codes.put(code, new Asked(person.get(), challenge, redirectUri, client, state));
    return Optional.of(back + "&code=" + code);
  }

  /**
   * Looks a code up, and uses it up if everything is as when it was given.
   *
   * @param withState whether the state has to be posted, too, as Anthropic has it
   */
  Worth redeem(Map<String, String> posted, boolean withState) {
    String code = posted.getOrDefault("code", "");
    Asked asked = codes.get(code);
    if (asked == null) {
      return new Worth.Nothing();
    }
    if (used.contains(code)) {
      return new Worth.Used(asked.person().account());
    }
    boolean same =
        asked.challenge().equals(challenge(posted.getOrDefault("code_verifier", "")))
            && asked.redirectUri().equals(posted.get("redirect_uri"))
            && asked.clientId().equals(posted.get("client_id"))
            && (!withState || asked.state().equals(posted.get("state")));
    if (!same) {
      return new Worth.Nothing();
    }
    used.add(code);
    return new Worth.Login(asked.person().login());
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
