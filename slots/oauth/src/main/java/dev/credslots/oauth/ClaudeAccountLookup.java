package dev.credslots.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.AccountProfile;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.Secret;
import dev.credslots.credential.TokenReply;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks Anthropic's profile endpoint, with the access token, whose it is: {@code account{uuid,
 * email, display_name}}, {@code organization{uuid, name, organization_type, billing_type,
 * rate_limit_tier}} [reverse]. Whatever else it answers is nothing known. Thread-safe.
 */
final class ClaudeAccountLookup implements AccountLookup {
  /** Without it the endpoint refuses OAuth tokens [reverse]. */
  private static final String BETA = "oauth-2025-04-20";

  private static final String PLAN_PREFIX = "claude_";
  private static final JsonFactory JSON = new JsonFactory();

  private final URI url;
  private final String userAgent;
  private final TokenEndpoint.Limits limits;
  private final Clock clock;

  ClaudeAccountLookup(URI url, String userAgent, TokenEndpoint.Limits limits, Clock clock) {
    this.url = url;
    this.userAgent = userAgent;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public Whose of(byte[] reply) {
    if (!(TokenReply.parse(reply) instanceof TokenReply.Granted granted)) {
      return new Whose.Unknown("there is no token to ask with");
    }
    if (!RefreshRequest.canCarry(granted.accessToken())) {
      return new Whose.Unknown("the token holds characters that cannot be sent");
    }
    Reading reading = new Reading(TokenEndpoint.BODY_LIMIT);
    long deadline = System.nanoTime() + limits.inAll().toNanos();
    HttpRequest request;
    try {
      request = request(granted.accessToken());
    } catch (IllegalArgumentException e) {
      return new Whose.Unknown("the token holds characters that cannot be sent");
    }
    Optional<Throwable> failure =
        new OneRequest(request, limits.connect()).make(reading, deadline, () -> true);
    SendFailure why = new SendFailure(failure, limits);
    Optional<Answer> answer = reading.soFar(why.whileReading(), clock);
    if (answer.isEmpty()) {
      return new Whose.Unknown(why.beforeSending());
    }
    if (!(answer.get() instanceof Answer.Replied replied)) {
      return new Whose.Unknown("its answer was cut short");
    }
    if (replied.status() != 200) {
      return new Whose.Unknown("it answered " + replied.status());
    }
    return profile(replied.body())
        .<Whose>map(Whose.Known::new)
        .orElseGet(() -> new Whose.Unknown("its answer names no account"));
  }

  private HttpRequest request(Secret token) {
    return HttpRequest.newBuilder(url)
        .header("Authorization", "Bearer " + token.reveal())
        .header("Accept", "application/json")
        .header("anthropic-beta", BETA)
        .header("User-Agent", userAgent)
        .GET()
        .build();
  }

  private static Optional<AccountProfile> profile(byte[] body) {
    Map<String, String> account = new HashMap<>();
    Map<String, String> organization = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "account" -> texts(parser, account);
          case "organization" -> texts(parser, organization);
          default -> parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return IdentityBlock.of(block(account, organization))
        .map(
            block ->
                new AccountProfile(
                    block,
                    Optional.ofNullable(organization.get("organization_type"))
                        .filter(type -> type.startsWith(PLAN_PREFIX))
                        .map(type -> type.substring(PLAN_PREFIX.length())),
                    Optional.ofNullable(organization.get("rate_limit_tier"))));
  }

  private static void texts(JsonParser parser, Map<String, String> into) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_STRING) {
        into.put(name, parser.getText());
      } else {
        parser.skipChildren();
      }
    }
  }

  /** As the client writes {@code oauthAccount}; without a UUID it names nobody. */
  private static String block(Map<String, String> account, Map<String, String> organization) {
    Map<String, String> names = new LinkedHashMap<>();
    copy(account, "uuid", names, "accountUuid");
    copy(account, "email", names, "emailAddress");
    copy(organization, "uuid", names, "organizationUuid");
    copy(organization, "name", names, "organizationName");
    copy(account, "display_name", names, "displayName");
    copy(organization, "billing_type", names, "billingType");
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, String> member : names.entrySet()) {
        json.writeStringField(member.getKey(), member.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toString();
  }

  private static void copy(
      Map<String, String> from, String name, Map<String, String> to, String as) {
    String value = from.get(name);
    if (value != null) {
      to.put(as, value);
    }
  }
}
