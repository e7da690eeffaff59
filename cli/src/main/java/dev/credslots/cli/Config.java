package dev.credslots.cli;

import dev.credslots.ExpiryPolicy;
import dev.credslots.IdentityPolicy;
import dev.credslots.credential.CustomFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file says; a key that is not there is empty. Built by {@link ConfigFile}.
 */
final class Config {
  /** The file's directory, from which relative paths in it start; the working directory without. */
  final Path base;

  @Nullable String dir;
  @Nullable String provider;
  @Nullable List<String> slots;
  @Nullable String slotTemplate;
  @Nullable String liveName;
  @Nullable Duration grace;
  @Nullable Duration lockTimeout;
  @Nullable Duration hookTimeout;
  @Nullable ExpiryPolicy ifExpired;
  @Nullable IdentityPolicy identity;
  @Nullable Integer generations;
  @Nullable String tokenStore;
  @Nullable List<String> setupTokenCommand;
  List<String> holds = List.of();
  @Nullable List<String> login;
  boolean busyClients;
  Map<String, Endpoint> providers = Map.of();

  /** What a configuration says of a provider; what it leaves out is as usual. */
  static final class Endpoint {
    @Nullable String tokenUrl;
    @Nullable String clientId;
    @Nullable String body;
    @Nullable List<String> scopes;
    @Nullable String userAgent;
    @Nullable String authorizeUrl;
    @Nullable String redirectUri;
    @Nullable String profileUrl;

    /** Of a client that nobody here knows. */
    @Nullable CustomFormat format;

    /** Where that client keeps its credentials. */
    @Nullable String dir;
  }

  Config(Path base) {
    this.base = base;
  }

  Optional<String> dir() {
    return Optional.ofNullable(dir);
  }
}
