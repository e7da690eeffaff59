package dev.credslots.oauth;

import dev.credslots.LoginOutcome;
import dev.credslots.LoginStart;
import dev.credslots.LoginTransaction;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.credential.AccountProfile;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in to slots: a person agrees in a browser, the code that comes back is exchanged once, and
 * what the server gives is on the disk before anything else is done with it. By the authorization
 * code flow with PKCE (RFC 7636, S256).
 *
 * <p>Thread-safe. Makes no connection before there is a code.
 */
public final class LoginFlow {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private static final Logger LOG = LoggerFactory.getLogger(LoginFlow.class);

  private final Provider provider;
  private final Authorization authorization;
  private final Optional<AccountLookup> lookup;
  private final Consumer<String> trouble;
  private final RandomGenerator random;
  private final TokenEndpoint endpoint;

  /**
   * A flow that asks the authorization's profile endpoint whose a login is. Where there is none,
   * nobody is asked: the login's own file may say it.
   *
   * @param clock of the slot managers it works for
   * @param trouble is told, in a sentence, while a login cannot be written anywhere
   */
  public LoginFlow(
      Provider provider, Authorization authorization, Clock clock, Consumer<String> trouble) {
    this(provider, authorization, profiles(provider, authorization, clock), clock, trouble);
  }

  /** As the other, with a lookup of its own. */
  public LoginFlow(
      Provider provider,
      Authorization authorization,
      AccountLookup lookup,
      Clock clock,
      Consumer<String> trouble) {
    this(provider, authorization, Optional.of(lookup), clock, trouble);
  }

  private LoginFlow(
      Provider provider,
      Authorization authorization,
      Optional<AccountLookup> lookup,
      Clock clock,
      Consumer<String> trouble) {
    this.provider = provider;
    this.authorization = authorization;
    this.lookup = lookup;
    this.trouble = trouble;
    SecureRandom secure = new SecureRandom();
    this.random = secure;
    this.endpoint =
        new TokenEndpoint(provider, TokenEndpoint.Limits.USUAL, clock, Pauses.jittered(secure));
  }

  private static Optional<AccountLookup> profiles(
      Provider provider, Authorization authorization, Clock clock) {
    return authorization
        .profileUrl()
        .map(
            url ->
                new ClaudeAccountLookup(
                    url, provider.userAgent(), TokenEndpoint.Limits.USUAL, clock));
  }

  /** One try of one person; to be closed. */
  public LoginAttempt begin() {
    return new LoginAttempt(provider, authorization, random);
  }

  /**
   * Exchanges a code for a login and puts it into the slot, as {@link SlotManager#beginLogin} and
   * {@link LoginTransaction#commit} have it. Blocks for two requests of 30 s at most.
   *
   * @param code what came back of {@code attempt}
   * @param accept take the login whosever it is
   * @throws dev.credslots.StoreException if the directory cannot be worked with; what a server had
   *     answered is safe, and the next command that changes something puts it in the stash
   */
  public LoginOutcome finish(
      SlotManager slots, String slot, LoginAttempt attempt, Redirected.Code code, boolean accept) {
    LoginStart start = slots.beginLogin(slot, trouble);
    if (start instanceof LoginStart.Ended ended) {
      return ended.outcome();
    }
    try (LoginTransaction login = ((LoginStart.Begun) start).transaction()) {
      return outcome(login, endpoint.exchange(attempt.exchange(code)), accept);
    }
  }

  private LoginOutcome outcome(LoginTransaction login, Answer answer, boolean accept) {
    if (answer instanceof Answer.NotSent notSent) {
      return login.failed(notSent.reason());
    }
    if (answer instanceof Answer.NoAnswer noAnswer) {
      return login.failed("no answer came: " + noAnswer.reason() + "; begin again");
    }
    if (answer instanceof Answer.Partial partial) {
      return partial.status() / 100 == 2
          ? given(login, partial.body(), accept)
          : login.failed("no whole answer came: " + partial.reason() + "; begin again");
    }
    Answer.Replied reply = (Answer.Replied) answer;
    if (reply.status() / 100 == 2) {
      return given(login, reply.body(), accept);
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} answered {}: {}", provider.name(), reply.status(), Redaction.of(reply.body()));
    }
    return notGiven(login, reply);
  }

  private LoginOutcome given(LoginTransaction login, byte[] reply, boolean accept) {
    login.received(reply);
    Optional<AccountLookup.Whose> whose = lookup.map(one -> one.of(reply));
    Optional<AccountProfile> profile = Optional.empty();
    if (whose.isPresent() && whose.get() instanceof AccountLookup.Whose.Known known) {
      profile = Optional.of(known.profile());
    } else if (whose.isPresent() && whose.get() instanceof AccountLookup.Whose.Unknown unknown) {
      login.warn(
          new Warning("profile", "whose login it is could not be asked: " + unknown.reason()));
    }
    return login.commit(profile, accept);
  }

  private static LoginOutcome notGiven(LoginTransaction login, Answer.Replied reply) {
    int status = reply.status();
    String said =
        "the token server answered "
            + status
            + OAuthError.of(reply.body()).map(error -> " (" + error.code() + ")").orElse("");
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      return login.deferred(
          said
              + reply
                  .retryAfter()
                  .map(pause -> " and asks to be left alone for " + pause.toSeconds() + " s")
                  .orElse(""));
    }
    return status / 100 == 4
        ? login.refused(said + "; begin again")
        : login.failed(said + "; begin again");
  }
}
