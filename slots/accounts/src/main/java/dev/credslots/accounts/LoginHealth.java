package dev.credslots.accounts;

import dev.credslots.Freshness;
import dev.credslots.credential.SlotState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one login is: how long it lasts, and why it cannot be used now. Pure; nothing secret is in
 * it.
 *
 * @param provider as {@code --provider} takes it
 * @param name of the slot, the agent or the profile
 * @param expiresAt end of its access token; empty if it has none or nobody knows
 * @param loginEndsAt end of the login itself; empty if it has none or nobody knows
 * @param unusable why it cannot be used now; empty if it can
 */
public record LoginHealth(
    String provider,
    String name,
    Kind kind,
    Status status,
    Optional<Instant> expiresAt,
    Optional<Instant> loginEndsAt,
    Optional<Unusable> unusable) {

  /** What ends sooner than this is about to end. */
  public static final Duration WARNING = Duration.ofHours(24);

  /** What it is. */
  public enum Kind {
    /** A slot: a login of a person, which its client or we renew. */
    OAUTH("oauth"),
    /** A long-lived token, which nobody can renew. */
    TOKEN("token"),
    API_KEY("api-key");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** What a person has to do about it, the best first. */
  public enum Status {
    /** Nothing: it lasts, or it can be renewed. */
    OK("ok"),
    /** Nothing ever: it has no end. */
    STATIC("static"),
    /** Soon log in again: it ends within {@link #WARNING}, and cannot be renewed then. */
    EXPIRING("expiring"),
    /** Log in again: it is over, or its server refused it. */
    EXPIRED("expired"),
    /** Log in: there is nothing that could be used. */
    MISSING("missing");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /**
   * Why it cannot be used now.
   *
   * @param reason a stable code: {@code cooldown}, {@code billing}, {@code disabled}, {@code
   *     unlisted} (not in the order that was set), or the word of a {@link SlotState} or {@link
   *     Status}
   * @param until when that is over by itself; empty if it is not
   */
  public record Unusable(String reason, Optional<Instant> until) {}

  /** As programs name it: {@code claude:alice}. */
  public String id() {
    return provider + ":" + name;
  }

  /**
   * A slot's. A login that can be renewed counts by its own end, not by its access token's.
   *
   * @param renewable whether it has a refresh token
   */
  public static LoginHealth ofSlot(
      String provider, Freshness freshness, boolean renewable, Rotation rotation, Instant now) {
    Optional<Instant> end = renewable ? freshness.loginExpiresAt() : freshness.expiresAt();
    Status status =
        switch (freshness.state()) {
          case MISSING, UNREADABLE, WIPED -> Status.MISSING;
          case EXPIRED, REJECTED -> Status.EXPIRED;
          case FRESH, EXPIRING, REFRESHABLE, SUSPECT -> byEnd(end, now);
        };
    return new LoginHealth(
        provider,
        freshness.slot(),
        Kind.OAUTH,
        status,
        freshness.expiresAt(),
        freshness.loginExpiresAt(),
        unusable(freshness, status, rotation, now));
  }

  /** The same of a slot that holds a key, which does not end. */
  public LoginHealth asKey() {
    return new LoginHealth(
        provider,
        name,
        Kind.API_KEY,
        status == Status.OK ? Status.STATIC : status,
        expiresAt,
        loginEndsAt,
        unusable);
  }

  private static Optional<Unusable> unusable(
      Freshness freshness, Status status, Rotation rotation, Instant now) {
    String slot = freshness.slot();
    SlotState state = freshness.state();
    if (status == Status.EXPIRED || status == Status.MISSING || state == SlotState.SUSPECT) {
      String reason = state.sound() ? status.word() : state.word();
      return Optional.of(new Unusable(reason, Optional.empty()));
    }
    if (rotation.disabled().contains(slot)) {
      return Optional.of(new Unusable("disabled", Optional.empty()));
    }
    if (!rotation.order().isEmpty() && !rotation.order().contains(slot)) {
      return Optional.of(new Unusable("unlisted", Optional.empty()));
    }
    Usage usage = rotation.usageOf(slot).clearedAt(now);
    return usage
        .unusableUntil(now)
        .map(
            until ->
                new Unusable(usage.isUnpaid(now) ? "billing" : "cooldown", Optional.of(until)));
  }

  /** A long-lived token's; its end is all there is to it. */
  public static LoginHealth ofToken(
      String provider, String name, Optional<Instant> expiresAt, Instant now) {
    Status status = byEnd(expiresAt, now);
    Optional<Unusable> unusable =
        status == Status.EXPIRED
            ? Optional.of(new Unusable(status.word(), Optional.empty()))
            : Optional.empty();
    return new LoginHealth(
        provider, name, Kind.TOKEN, status, expiresAt, Optional.empty(), unusable);
  }

  /**
   * An API key's, which does not end.
   *
   * @param there whether the key was found
   */
  public static LoginHealth ofApiKey(String provider, String name, boolean there) {
    return new LoginHealth(
        provider,
        name,
        Kind.API_KEY,
        there ? Status.STATIC : Status.MISSING,
        Optional.empty(),
        Optional.empty(),
        there
            ? Optional.empty()
            : Optional.of(new Unusable(Status.MISSING.word(), Optional.empty())));
  }

  /** What nobody knows an end of is taken to have none that is near. */
  private static Status byEnd(Optional<Instant> end, Instant now) {
    if (end.isEmpty()) {
      return Status.OK;
    }
    if (!end.get().isAfter(now)) {
      return Status.EXPIRED;
    }
    return end.get().isAfter(now.plus(WARNING)) ? Status.OK : Status.EXPIRING;
  }

  /** The best of several; {@code MISSING} of none: somebody who needs a login takes the best. */
  public static Status best(List<LoginHealth> logins) {
    Status best = Status.MISSING;
    for (LoginHealth login : logins) {
      best = login.status().compareTo(best) < 0 ? login.status() : best;
    }
    return best;
  }

  /** The worst of several; {@code MISSING} of none: somebody who looks after all sees the worst. */
  public static Status worst(List<LoginHealth> logins) {
    Status worst = logins.isEmpty() ? Status.MISSING : Status.OK;
    for (LoginHealth login : logins) {
      worst = login.status().compareTo(worst) > 0 ? login.status() : worst;
    }
    return worst;
  }
}
