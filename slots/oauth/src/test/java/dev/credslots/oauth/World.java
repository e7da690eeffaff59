package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotManager;
import dev.credslots.SlotManagerBuilder;
import dev.credslots.credential.Credential;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Slots in a real directory and the server of their logins: bob is live and fresh, alice's access
 * token has been over for an hour.
 */
final class World implements AutoCloseable {
  static final Duration LIFE = Duration.ofHours(8);
  private static final Duration BUFFER = Duration.ofMinutes(5);

  final MovingClock clock = new MovingClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final FakeLogin bob = FakeLogin.builder("bob").now(clock.instant()).build();
  final FakeLogin alice = FakeLogin.builder("alice").now(clock.instant()).expiresAt(past()).build();
  final OAuthServer server;
  final CredentialsDirectory directory;
  final SlotManager slots;
  final TokenRefresher refresher;

  World(Path temp) throws IOException {
    server = OAuthServer.start().knows(bob).knows(alice);
    directory =
        CredentialsDirectory.create(temp.toRealPath().resolve("claude"))
            .slot("bob", bob)
            .slot("alice", alice)
            .link("bob")
            .identity(bob);
    slots = manager(builder -> builder);
    refresher = refresher(provider());
  }

  SlotManager manager(UnaryOperator<SlotManagerBuilder> change) {
    return change.apply(SlotManager.builder(directory.path()).discoverSlots().clock(clock)).build();
  }

  Provider provider() {
    return Provider.CLAUDE.withTokenUrl(server.tokenUrl());
  }

  /** As users have it, but that it does not wait before it tries to connect again. */
  TokenRefresher refresher(Provider provider) {
    return new TokenRefresher(
        provider,
        BUFFER,
        clock,
        message -> {},
        new TokenEndpoint(provider, TokenEndpoint.Limits.USUAL, clock, retry -> Duration.ZERO));
  }

  RefreshOutcome refresh(String slot) {
    return refresher.refresh(slots, slot, RefreshRequest.now());
  }

  Instant past() {
    return clock.instant().minus(Duration.ofHours(1));
  }

  /** The login's generation with an access token that is over. */
  FakeLogin over(FakeLogin login) {
    return login.withRaw("expiresAt", Long.toString(past().toEpochMilli()));
  }

  Credential login(String slot) {
    return slots.credential(slot).orElseThrow();
  }

  String refreshToken(String slot) {
    return login(slot).refreshToken().orElseThrow().reveal();
  }

  String accessToken(String slot) {
    return login(slot).accessToken().orElseThrow().reveal();
  }

  byte[] bytes(String slot) throws IOException {
    return directory.slot(slot).orElseThrow();
  }

  String text(String slot) throws IOException {
    return new String(bytes(slot), StandardCharsets.UTF_8);
  }

  /** The file of {@code before}, with the newest tokens the server gave out and this end. */
  static String succeeded(FakeLogin before, FakeLogin after, Instant expiresAt) {
    return new String(before.credentialJson(), StandardCharsets.UTF_8)
        .replace(before.accessToken(), after.accessToken())
        .replace(before.refreshToken(), after.refreshToken())
        .replace(
            "\"expiresAt\":" + before.expiresAt().toEpochMilli(),
            "\"expiresAt\":" + expiresAt.toEpochMilli());
  }

  void assertRequests(int count) {
    assertEquals(count, server.requests().size(), server.requests()::toString);
  }

  void assertUntouched(String slot, FakeLogin login) throws IOException {
    assertArrayEquals(login.credentialJson(), bytes(slot), slot);
  }

  void assertOnDisk(FakeLogin... logins) throws IOException {
    Map<String, ?> tokens = directory.tokensOnDisk();
    for (FakeLogin login : logins) {
      assertTrue(tokens.containsKey(login.refreshToken()), login + "\n" + directory.describe());
    }
  }

  /** Nothing is left that a later command would have to see to. */
  void assertNothingWaits() throws IOException {
    Path recovery = directory.path().resolve(".slots/recovery");
    if (Files.exists(recovery)) {
      try (Stream<Path> files = Files.list(recovery)) {
        assertEquals(List.of(), files.toList());
      }
    }
  }

  /** The bytes and times of what a client reads. */
  Map<String, List<Object>> clientsFiles() throws IOException {
    Map<String, List<Object>> files = new TreeMap<>();
    try (Stream<Path> children = Files.list(directory.path())) {
      for (Path file : children.filter(Files::isRegularFile).toList()) {
        FileTime modified = Files.getLastModifiedTime(file);
        files.put(
            file.getFileName().toString(),
            List.of(
                Files.isSymbolicLink(file),
                modified,
                Files.readString(file, StandardCharsets.UTF_8)));
      }
    }
    return files;
  }

  @Override
  public void close() {
    server.close();
  }

  /** Stands still until it is told. */
  static final class MovingClock extends Clock {
    private volatile Instant now;

    MovingClock(Instant now) {
      this.now = now;
    }

    void set(Instant instant) {
      now = instant;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
