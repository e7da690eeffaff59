package dev.credslots.oauth;

import dev.credslots.Freshness;
import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.RefreshStart;
import dev.credslots.RefreshTransaction;
import dev.credslots.SlotManager;
import dev.credslots.SlotRenewer;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews slots at their provider: asks once, and what was answered is on the disk before anything
 * else is done with it. However many threads and processes ask for one slot, one request is made.
 *
 * <p>Thread-safe. Makes no connection and starts no thread before there is something to ask.
 */
public final class TokenRefresher implements SlotRenewer {
  /** What a server that asks to be left alone, and does not say how long, is left alone for. */
  private static final Duration UNSAID_PAUSE = Duration.ofSeconds(60);

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private static final Logger LOG = LoggerFactory.getLogger(TokenRefresher.class);

  private final Provider provider;
  private final Duration buffer;
  private final Clock clock;
  private final Consumer<String> trouble;
  private final TokenEndpoint endpoint;

  /**
   * @param buffer how long before its end a token is renewed; see {@link RefreshBuffer}
   * @param clock of the slot managers it works for
   * @param trouble is told, in a sentence, while a renewed login cannot be written anywhere
   */
  public TokenRefresher(Provider provider, Duration buffer, Clock clock, Consumer<String> trouble) {
    this(
        provider,
        buffer,
        clock,
        trouble,
        new TokenEndpoint(
            provider, TokenEndpoint.Limits.USUAL, clock, Pauses.jittered(new SecureRandom())));
  }

  TokenRefresher(
      Provider provider,
      Duration buffer,
      Clock clock,
      Consumer<String> trouble,
      TokenEndpoint endpoint) {
    if (buffer.isNegative()) {
      throw new IllegalArgumentException("a buffer cannot be negative: " + buffer);
    }
    this.provider = provider;
    this.buffer = buffer;
    this.clock = clock;
    this.trouble = trouble;
    this.endpoint = endpoint;
  }

  /** Renews the slot if its token ends within the buffer or the manager's grace. */
  @Override
  public RefreshOutcome renew(SlotManager slots, String slot) {
    Duration within = slots.grace().compareTo(buffer) > 0 ? slots.grace() : buffer;
    // Most calls end here, without a lock.
    Freshness now = slots.freshness(slot, within, clock.instant());
    return now.fresh()
        ? new RefreshOutcome.Unchanged(slot, slot + " needs no renewal: " + now.reason(), List.of())
        : refresh(slots, slot, RefreshRequest.ifWithin(within));
  }

  /**
   * Renews the slot as asked for. Blocks for 30 s at most once it is its turn.
   *
   * @throws dev.credslots.StoreException if the directory cannot be worked with; what a server had
   *     answered is safe, and the next command that changes something stores it
   */
  public RefreshOutcome refresh(SlotManager slots, String slot, RefreshRequest request) {
    RefreshStart start = slots.beginRefresh(slot, request.telling(trouble));
    if (start instanceof RefreshStart.Ended ended) {
      return ended.outcome();
    }
    try (RefreshTransaction renewal = ((RefreshStart.Begun) start).transaction()) {
      return renewal.stillCurrent()
          ? outcome(renewal, endpoint.refresh(renewal.refreshToken(), renewal.scopes()))
          : renewal.failed("somebody changed it just before its server was asked");
    }
  }

  private RefreshOutcome outcome(RefreshTransaction renewal, Answer answer) {
    if (answer instanceof Answer.NotSent notSent) {
      return renewal.failed(notSent.reason());
    }
    if (answer instanceof Answer.NoAnswer noAnswer) {
      return renewal.unknown(noAnswer.reason());
    }
    if (answer instanceof Answer.Partial partial) {
      return cutShort(renewal, partial);
    }
    Answer.Replied reply = (Answer.Replied) answer;
    if (reply.status() / 100 == 2) {
      renewal.received(reply.body());
      return renewal.commit();
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} answered {}: {}", provider.name(), reply.status(), Redaction.of(reply.body()));
    }
    return refused(renewal, reply);
  }

  /** What came may hold the new login, whole or in part. */
  private static RefreshOutcome cutShort(RefreshTransaction renewal, Answer.Partial partial) {
    if (partial.status() / 100 != 2) {
      return renewal.unknown(partial.reason());
    }
    renewal.received(partial.body());
    RefreshOutcome outcome = renewal.commit();
    return outcome instanceof RefreshOutcome.Failed ? renewal.unknown(partial.reason()) : outcome;
  }

  private RefreshOutcome refused(RefreshTransaction renewal, Answer.Replied reply) {
    int status = reply.status();
    Optional<OAuthError> error = OAuthError.of(reply.body());
    String said =
        "the token server answered "
            + status
            + error.map(code -> " (" + code.code() + ")").orElse("");
    if (status == TOO_MANY_REQUESTS || (status == UNAVAILABLE && reply.retryAfter().isPresent())) {
      Instant until = clock.instant().plus(reply.retryAfter().orElse(UNSAID_PAUSE));
      return renewal.postponed(until, said);
    }
    if (status / 100 == 4 && error.map(OAuthError::invalidGrant).orElse(false)) {
      return renewal.invalidGrant();
    }
    // A gateway that gave up says nothing of what happened behind it.
    return status / 100 == 5 && status != UNAVAILABLE
        ? renewal.unknown(said)
        : renewal.failed(said);
  }

  /** A call that needs an access token. */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    /** Makes the call; throws what says so, by status or text, if the token was refused. */
    T with(Secret accessToken) throws E;
  }

  /**
   * Makes a call with the slot's access token, renewed before if it is about to end. If the server
   * refuses the token ({@link AuthFailure#of(Throwable)}), renews it once and makes the call once
   * more; not if nobody knows what came of renewing it before, for then its refresh token may have
   * been used.
   *
   * @throws E what the call throws; the first failure if the token could not be renewed after it
   * @throws NoTokenException if the slot has no access token
   */
  public <T, E extends Exception> T withToken(SlotManager slots, String slot, Call<T, E> call)
      throws E {
    boolean unknown = renew(slots, slot) instanceof RefreshOutcome.Unknown;
    Credential login = slots.credential(slot).orElseThrow(() -> new NoTokenException(slot));
    Secret token = usable(slot, login);
    try {
      return call.with(token);
    } catch (Exception e) {
      Optional<Fingerprint> generation = login.generation();
      if (unknown || AuthFailure.of(e).isEmpty() || generation.isEmpty()) {
        throw e;
      }
      RefreshOutcome renewed = refresh(slots, slot, RefreshRequest.ifStill(generation.get()));
      if (!renewed.ok()) {
        LOG.debug("{}", renewed.message());
        throw e;
      }
    }
    return call.with(
        usable(slot, slots.credential(slot).orElseThrow(() -> new NoTokenException(slot))));
  }

  private static Secret usable(String slot, Credential login) {
    return login
        .accessToken()
        .filter(token -> !token.isEmpty())
        .orElseThrow(() -> new NoTokenException(slot));
  }
}
