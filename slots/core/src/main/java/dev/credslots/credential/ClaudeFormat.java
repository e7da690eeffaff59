package dev.credslots.credential;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Claude Code's {@code .credentials.json}: {@code claudeAiOauth{accessToken, refreshToken,
 * expiresAt, refreshTokenExpiresAt, scopes[], subscriptionType, rateLimitTier}} beside keys that
 * are none of our business [seen].
 *
 * <p>The client renames a new file over the live path, link or not, or writes through it: other
 * reports show that. It takes lock directories while it does ({@link #takesLocks()}), and compares
 * the live path's modification time before each request [reverse]: every slot that is made live
 * gets one of its own. Who is logged in is in {@code .claude.json}; the end of the login ({@code
 * refreshTokenExpiresAt}) marks whose a file is.
 *
 * <p>Reads what the client's own {@code JSON.parse} would accept and as it would: of duplicate keys
 * the last counts, a byte order mark or bytes after the object are an error. A streaming parser
 * keeps the hot path small: data binding costs a start of the JVM 25 ms.
 */
public final class ClaudeFormat implements CredentialFormat {
  /** What logins to MCP servers and plugins leave in the same file. */
  private static final List<String> SHARED_KEYS =
      List.of("mcpOAuth", "mcpOAuthClientConfig", "mcpXaaIdp", "mcpXaaIdpConfig", "pluginSecrets");

  private static final JsonFactory JSON = new JsonFactory();

  /** The format; it has no state. */
  public ClaudeFormat() {}

  @Override
  public String provider() {
    return "claude";
  }

  @Override
  public List<String> sharedKeys() {
    return SHARED_KEYS;
  }

  @Override
  public String liveName() {
    return ".credentials.json";
  }

  @Override
  public Optional<String> identityName() {
    return Optional.of(".claude.json");
  }

  @Override
  public boolean takesLocks() {
    return true;
  }

  @Override
  public Reading read(byte[] bytes) {
    if (bytes.length == 0) {
      return new Reading.NoLogin("empty");
    }
    if (bytes.length > MAX_BYTES) {
      return new Reading.NoLogin("larger than 1 MiB");
    }
    if (!startsLikeUtf8Json(bytes)) {
      return new Reading.NoLogin("not JSON in UTF-8 (a byte order mark or binary data)");
    }
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new Reading.NoLogin("not a JSON object");
      }
      Fields fields = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean login = "claudeAiOauth".equals(parser.currentName());
        JsonToken value = parser.nextToken();
        if (login) {
          fields = value == JsonToken.START_OBJECT ? Fields.read(parser) : null;
        }
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        return new Reading.NoLogin("not JSON (something follows the object)");
      }
      return fields == null || (fields.accessToken == null && fields.refreshToken == null)
          ? new Reading.NoLogin("no login in it (no claudeAiOauth with tokens)")
          : new Reading.Login(fields.toCredential());
    } catch (JsonProcessingException e) {
      return new Reading.NoLogin("not JSON" + place(e.getLocation()));
    } catch (IOException e) {
      // An array never fails to be read; Jackson declares it all the same.
      return new Reading.NoLogin("not JSON");
    }
  }

  @Override
  public byte[] renewed(byte[] bytes, Renewal renewal) throws MalformedJsonException {
    byte[] file = bytes;
    if (renewal.accessToken().isPresent()) {
      file = put(file, "accessToken", JsonSplice.quotedText(renewal.accessToken().get().reveal()));
    }
    if (renewal.refreshToken().isPresent()) {
      file =
          put(file, "refreshToken", JsonSplice.quotedText(renewal.refreshToken().get().reveal()));
    }
    // Over since 1970 and a millisecond: zero is what a client leaves when it wipes.
    long expiresAt = renewal.expiresAt().map(Instant::toEpochMilli).orElse(1L);
    file = put(file, "expiresAt", Long.toString(expiresAt));
    if (renewal.loginExpiresAt().isPresent()) {
      String end = Long.toString(renewal.loginExpiresAt().get().toEpochMilli());
      file = put(file, "refreshTokenExpiresAt", end);
    }
    if (!renewal.scopes().isEmpty()) {
      List<String> scopes = renewal.scopes().stream().map(JsonSplice::quotedText).toList();
      file = put(file, "scopes", "[" + String.join(",", scopes) + "]");
    }
    return file;
  }

  @Override
  public byte[] created(
      Renewal login, Optional<String> subscriptionType, Optional<String> rateLimitTier)
      throws MalformedJsonException {
    byte[] file = CredentialFormat.super.created(login, subscriptionType, rateLimitTier);
    if (subscriptionType.isPresent()) {
      file = put(file, "subscriptionType", JsonSplice.quotedText(subscriptionType.get()));
    }
    return rateLimitTier.isPresent()
        ? put(file, "rateLimitTier", JsonSplice.quotedText(rateLimitTier.get()))
        : file;
  }

  private static byte[] put(byte[] file, String key, String json) throws MalformedJsonException {
    return JsonSplice.put(file, json.getBytes(StandardCharsets.UTF_8), "claudeAiOauth", key);
  }

  /**
   * Jackson guesses UTF-16 and UTF-32 from zero bytes and drops a byte order mark; the client knows
   * UTF-8 only and refuses the mark.
   */
  private static boolean startsLikeUtf8Json(byte[] bytes) {
    byte first = bytes[0];
    boolean blankOrAscii = first == '\t' || first == '\n' || first == '\r' || first >= ' ';
    return blankOrAscii && (bytes.length < 2 || bytes[1] != 0);
  }

  static String place(@Nullable JsonLocation at) {
    return at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  /** The login's keys while they are read; a later duplicate replaces an earlier value. */
  private static final class Fields {
    @Nullable String accessToken;
    @Nullable String refreshToken;
    @Nullable Instant expiresAt;
    boolean expiresAtZero;
    @Nullable Instant loginExpiresAt;
    @Nullable String subscriptionType;
    @Nullable String rateLimitTier;
    List<String> scopes = List.of();

    static Fields read(JsonParser parser) throws IOException {
      Fields fields = new Fields();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "accessToken" -> fields.accessToken = text(parser);
          case "refreshToken" -> fields.refreshToken = text(parser);
          case "expiresAt" -> {
            fields.expiresAt = instant(parser);
            fields.expiresAtZero = isZero(parser);
          }
          case "refreshTokenExpiresAt" -> fields.loginExpiresAt = instant(parser);
          case "subscriptionType" -> fields.subscriptionType = text(parser);
          case "rateLimitTier" -> fields.rateLimitTier = text(parser);
          case "scopes" -> fields.scopes = texts(parser);
          default -> {}
        }
        parser.skipChildren();
      }
      return fields;
    }

    Credential toCredential() {
      return new Credential(
          Optional.ofNullable(accessToken).map(Secret::of),
          Optional.ofNullable(refreshToken).map(Secret::of),
          Optional.ofNullable(expiresAt),
          expiresAtZero,
          Optional.ofNullable(loginExpiresAt),
          Optional.ofNullable(subscriptionType),
          Optional.ofNullable(rateLimitTier),
          scopes);
    }

    private static @Nullable String text(JsonParser parser) throws IOException {
      return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
    }

    private static List<String> texts(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        return List.of();
      }
      List<String> texts = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String text = text(parser);
        if (text != null) {
          texts.add(text);
        }
        parser.skipChildren();
      }
      return texts;
    }

    private static @Nullable Instant instant(JsonParser parser) throws IOException {
      return parser.currentToken().isNumeric() ? EpochTime.of(parser.getText()).orElse(null) : null;
    }

    private static boolean isZero(JsonParser parser) throws IOException {
      return parser.currentToken().isNumeric() && EpochTime.isZero(parser.getText());
    }
  }
}
