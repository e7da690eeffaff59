package dev.credslots.cli;

import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.oauth.BodyStyle;
import dev.credslots.oauth.Provider;
import dev.credslots.oauth.RefreshBuffer;
import dev.credslots.oauth.TokenRefresher;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Renewing, composed: provider, buffer and whom to tell of trouble. Made when something is to be
 * renewed, and not before: nothing of the network is loaded otherwise.
 */
final class Renewals {
  private final TokenRefresher refresher;
  private final Optional<Warning> odd;

  private Renewals(TokenRefresher refresher, Optional<Warning> odd) {
    this.refresher = refresher;
    this.odd = odd;
  }

  /**
   * @throws Failure if the configuration or a variable makes no sense
   */
  static Renewals of(Session session) {
    return of(session.surroundings(), session.setup().config(), session.setup().provider());
  }

  static Renewals of(Surroundings surroundings, Config config, String name) {
    RefreshBuffer buffer = buffer(surroundings);
    TokenRefresher refresher =
        new TokenRefresher(
            provider(surroundings, config, name),
            buffer.time(),
            surroundings.clock(),
            message -> new Output(surroundings).err("slots: " + Plain.text(message) + "\n"));
    return new Renewals(refresher, buffer.warning());
  }

  static RefreshBuffer buffer(Surroundings surroundings) {
    return RefreshBuffer.of(surroundings.variable(RefreshBuffer.VARIABLE));
  }

  /**
   * Whether a fresh token is to be renewed all the same: the buffer may be longer than the grace.
   */
  static boolean wantsMoreThanGrace(Session session, SlotManager slots, String slot) {
    Instant enough = session.now().plus(buffer(session.surroundings()).time());
    return slots.expiry(slot).map(end -> !end.isAfter(enough)).orElse(false);
  }

  RefreshOutcome renew(SlotManager slots, String slot) {
    return warned(refresher.renew(slots, slot));
  }

  RefreshOutcome refresh(SlotManager slots, String slot, RefreshRequest request) {
    return warned(refresher.refresh(slots, slot, request));
  }

  private RefreshOutcome warned(RefreshOutcome outcome) {
    if (odd.isEmpty()) {
      return outcome;
    }
    List<Warning> warnings = new ArrayList<>(outcome.warnings());
    warnings.add(odd.get());
    return outcome.warned(warnings);
  }

  static Provider provider(Surroundings surroundings, Config config, String name) {
    Config.Endpoint endpoint = config.providers.get(name);
    try {
      Provider known =
          switch (name) {
            case "claude" -> Provider.CLAUDE;
            case "codex" -> Provider.CODEX;
            default -> described(name, endpoint);
          };
      return configured(known, endpoint).overriddenBy(surroundings.environment());
    } catch (IllegalArgumentException e) {
      // A sentence of its own; here it goes on with what to do.
      String message = String.valueOf(e.getMessage()).replaceFirst("[.]$", "");
      throw Failure.usage(message, "mend the configuration or the variable");
    }
  }

  private static Provider described(
      String name, Config.@org.jspecify.annotations.Nullable Endpoint endpoint) {
    if (endpoint == null || endpoint.tokenUrl == null || endpoint.clientId == null) {
      throw Failure.usage(
          "nobody said who renews the logins of " + Plain.quoted(name),
          "give it a 'tokenUrl' and a 'clientId' in the configuration, or let its client do it");
    }
    return new Provider(
        name,
        url(endpoint.tokenUrl),
        endpoint.clientId,
        BodyStyle.FORM,
        List.of(),
        Provider.CLAUDE.userAgent(),
        "");
  }

  private static Provider configured(
      Provider provider, Config.@org.jspecify.annotations.Nullable Endpoint endpoint) {
    if (endpoint == null) {
      return provider;
    }
    Provider result = provider;
    if (endpoint.tokenUrl != null) {
      result = result.withTokenUrl(url(endpoint.tokenUrl));
    }
    if (endpoint.clientId != null) {
      result = result.withClientId(endpoint.clientId);
    }
    if (endpoint.body != null) {
      result =
          result.withBody(
              BodyStyle.of(endpoint.body)
                  .orElseThrow(
                      () -> new IllegalArgumentException("A provider's body is form or json.")));
    }
    if (endpoint.scopes != null) {
      result = result.withScopes(endpoint.scopes);
    }
    return endpoint.userAgent == null ? result : result.withUserAgent(endpoint.userAgent);
  }

  private static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // Without the cause: its message quotes a text that may hold a password.
      throw new IllegalArgumentException("A provider's tokenUrl is not a URL.");
    }
  }
}
