package dev.credslots.accounts.example;

import dev.credslots.Hold;
import dev.credslots.accounts.FakeClock;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The world around the scheduler: three subscriptions with a quota for five hours, agents that use
 * up the live one, tokens that end after eight hours. The same in every run.
 */
final class SubscriptionWeek {
  static final Duration STEP = Duration.ofMinutes(5);

  private static final Duration WINDOW = Duration.ofHours(5);
  private static final Duration TOKEN_LIFE = Duration.ofHours(8);

  final FakeClock clock = new FakeClock(Instant.parse("2026-01-19T00:00:00Z")); // a Monday
  final CredentialsDirectory directory;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private int renewals;

  /** One login and how much of its quota is used. */
  private static final class Subscription {
    private final double capacity;
    private FakeLogin login;
    private Instant tokenEnds;
    private Instant windowEnds = Instant.MIN;
    private double used;

    Subscription(double capacity, FakeLogin login) {
      this.capacity = capacity;
      this.login = login;
      this.tokenEnds = login.expiresAt();
    }
  }

  SubscriptionWeek(Path path) throws IOException {
    directory = CredentialsDirectory.create(path);
    add("bob", 1.0);
    add("alice", 1.0);
    add("erik", 0.6);
    directory.link("bob");
  }

  private void add(String name, double capacity) throws IOException {
    FakeLogin login = FakeLogin.builder(name).now(clock.instant()).build();
    subscriptions.put(name, new Subscription(capacity, login));
    directory.slot(name, login);
  }

  List<String> names() {
    return List.copyOf(subscriptions.keySet());
  }

  double used(String slot) {
    return of(slot).used;
  }

  Instant resets(String slot) {
    return of(slot).windowEnds;
  }

  int renewals() {
    return renewals;
  }

  private Subscription of(String slot) {
    return subscriptions.get(slot);
  }

  /** Long runs, which a switch would disturb: 45 minutes, and over four hours until the next. */
  List<Hold> holds() {
    long minute = clock.instant().getEpochSecond() / 60;
    return minute % 290 < 45 ? List.of(Hold.named("long run")) : List.of();
  }

  /** What the agents use in an hour, as a share of a subscription of capacity 1. */
  private double load() {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    boolean weekend = now.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) > 0;
    int hour = now.getHour();
    double load = hour >= 8 && hour < 20 ? 0.34 : hour >= 20 || hour < 1 ? 0.16 : 0.05;
    double uneven = 1 + 0.4 * Math.sin(clock.instant().getEpochSecond() / 4000.0);
    // Wednesday afternoon something must be ready: more than the three together can give.
    boolean rush = now.getDayOfWeek() == DayOfWeek.WEDNESDAY && hour >= 12 && hour < 18;
    return load * uneven * (weekend ? 0.5 : 1) * (rush ? 3 : 1);
  }

  /** Five minutes go by, with the agents on {@code active}. */
  void step(String active) throws IOException {
    clock.advance(STEP);
    double hours = STEP.toMinutes() / 60.0;
    for (Map.Entry<String, Subscription> entry : subscriptions.entrySet()) {
      String name = entry.getKey();
      Subscription subscription = entry.getValue();
      // Erik uses his own after lunch.
      double load = (name.equals(active) ? load() : 0) + (name.equals("erik") ? own() : 0);
      use(subscription, load * hours / subscription.capacity);
      if (clock.instant().isAfter(subscription.tokenEnds.minus(Duration.ofMinutes(20)))) {
        renew(name, subscription, active);
      }
    }
  }

  private double own() {
    int hour = clock.instant().atOffset(ZoneOffset.UTC).getHour();
    return hour == 13 || hour == 14 ? 0.15 : 0;
  }

  private void use(Subscription subscription, double share) {
    if (!clock.instant().isBefore(subscription.windowEnds)) {
      subscription.used = 0;
      if (share > 0) {
        subscription.windowEnds = clock.instant().plus(WINDOW);
      }
    }
    subscription.used = Math.min(1, subscription.used + share);
  }

  /** The live one's client renames a new file over the link; of parked ones the slot changes. */
  private void renew(String name, Subscription subscription, String active) throws IOException {
    renewals++;
    subscription.tokenEnds = clock.instant().plus(TOKEN_LIFE);
    subscription.login =
        subscription
            .login
            .rotate()
            .withRaw("expiresAt", Long.toString(subscription.tokenEnds.toEpochMilli()));
    if (!name.equals(active)) {
      directory.slot(name, subscription.login);
      return;
    }
    Path temp = directory.path().resolve(".credentials.json.tmp.0badcafe");
    Files.write(temp, subscription.login.credentialJson());
    Files.move(temp, directory.livePath(), StandardCopyOption.REPLACE_EXISTING);
  }
}
