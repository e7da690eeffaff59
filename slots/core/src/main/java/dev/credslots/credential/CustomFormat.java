package dev.credslots.credential;

import dev.credslots.credential.JsonOutline.Member;
import dev.credslots.credential.JsonOutline.Span;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client that a configuration describes: one login in one JSON file, its values found by JSON
 * pointers. Gemini's {@code ~/.gemini/oauth_creds.json} is one such file. Of a file with several
 * logins, such as opencode's, a whole one would be switched: that is not for this format.
 *
 * <p>Nobody knows such a client's ways: it is taken to write in place as well as by renaming, to
 * take no locks and to have no identity file, and every slot that is made live gets a modification
 * time of its own for whoever compares them.
 */
public final class CustomFormat implements CredentialFormat {
  private static final int LONGEST_ID = 100;

  private final String provider;
  private final String liveName;
  private final JsonPointer accessToken;
  private final @Nullable JsonPointer refreshToken;
  private final @Nullable JsonPointer idToken;
  private final @Nullable JsonPointer expiresAt;
  private final @Nullable JsonPointer loginExpiresAt;
  private final @Nullable JsonPointer account;
  private final @Nullable List<String> loginKeys;

  private CustomFormat(Builder builder, JsonPointer accessToken, String liveName) {
    this.provider = builder.provider;
    this.liveName = liveName;
    this.accessToken = accessToken;
    this.refreshToken = builder.refreshToken;
    this.idToken = builder.idToken;
    this.expiresAt = builder.expiresAt;
    this.loginExpiresAt = builder.loginExpiresAt;
    this.account = builder.account;
    this.loginKeys = builder.loginKeys;
  }

  /**
   * Begins the description of a client.
   *
   * @param provider as {@code --provider} takes it
   */
  public static Builder of(String provider) {
    return new Builder(provider);
  }

  @Override
  public String provider() {
    return provider;
  }

  @Override
  public String liveName() {
    return liveName;
  }

  @Override
  public boolean writesInPlace() {
    return true;
  }

  /** All but the login's keys, where somebody said which those are. */
  @Override
  public List<String> sharedKeys(byte[] file) throws MalformedJsonException {
    List<String> shared = new ArrayList<>();
    if (loginKeys != null) {
      for (Member member : JsonOutline.of(file, name -> !loginKeys.contains(name)).members()) {
        shared.add(member.name());
      }
    }
    return shared;
  }

  @Override
  public Reading read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new Reading.NoLogin("larger than 1 MiB");
    }
    try {
      Optional<Secret> access = accessToken.text(bytes).map(Secret::of);
      Optional<Secret> refresh = text(refreshToken, bytes).map(Secret::of);
      if (access.isEmpty() && refresh.isEmpty()) {
        return new Reading.NoLogin("no login in it (no token where its format says)");
      }
      return new Reading.Login(
          new Credential(
              access,
              refresh,
              instant(expiresAt, bytes),
              isZero(expiresAt, bytes),
              instant(loginExpiresAt, bytes),
              Optional.empty(),
              Optional.empty(),
              List.of(),
              account(bytes),
              refreshToken == null && expiresAt == null));
    } catch (MalformedJsonException e) {
      return new Reading.NoLogin(String.valueOf(e.getMessage()));
    }
  }

  /** The id in the file; without a place for one, that in the id token. */
  private Optional<AccountId> account(byte[] file) throws MalformedJsonException {
    if (account != null) {
      // An id is shown to people: what may be a token in its place is none.
      return account
          .text(file)
          .filter(id -> !id.isBlank() && id.length() <= LONGEST_ID && !mayBeJwt(id))
          .map(id -> new AccountId(id, Optional.empty(), Optional.empty()));
    }
    Optional<JwtClaims> claims = text(idToken, file).flatMap(JwtClaims::of);
    Optional<String> email = claims.flatMap(token -> token.text("email"));
    return claims
        .flatMap(token -> token.text("sub"))
        .map(id -> new AccountId(id, Optional.empty(), email));
  }

  /** Three parts; so may an address have, but no token has an @ in it. */
  private static boolean mayBeJwt(String id) {
    return id.indexOf('@') < 0 && id.indexOf('.') != id.lastIndexOf('.');
  }

  private static Optional<String> text(@Nullable JsonPointer pointer, byte[] file)
      throws MalformedJsonException {
    return pointer == null ? Optional.empty() : pointer.text(file);
  }

  /** A number, as in Claude Code's files, or a text as RFC 3339 has it. */
  private static Optional<Instant> instant(@Nullable JsonPointer pointer, byte[] file)
      throws MalformedJsonException {
    Optional<Span> value = pointer == null ? Optional.empty() : pointer.find(file);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> text = JsonOutline.text(file, value.get());
    try {
      return text.isPresent()
          ? Optional.of(OffsetDateTime.parse(text.get()).toInstant())
          : EpochTime.of(JsonOutline.written(file, value.get()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static boolean isZero(@Nullable JsonPointer pointer, byte[] file)
      throws MalformedJsonException {
    Optional<Span> value = pointer == null ? Optional.empty() : pointer.find(file);
    return value.isPresent() && EpochTime.isZero(JsonOutline.written(file, value.get()));
  }

  @Override
  public byte[] renewed(byte[] bytes, Renewal renewal) throws MalformedJsonException {
    byte[] file = put(bytes, accessToken, renewal.accessToken());
    file = put(file, refreshToken, renewal.refreshToken());
    file = put(file, idToken, renewal.idToken());
    // Over since 1970, where nobody knows: zero is what a client leaves when it wipes.
    file = put(file, expiresAt, renewal.expiresAt().orElse(Instant.ofEpochSecond(1)));
    return renewal.loginExpiresAt().isPresent()
        ? put(file, loginExpiresAt, renewal.loginExpiresAt().get())
        : file;
  }

  private static byte[] put(byte[] file, @Nullable JsonPointer pointer, Optional<Secret> token)
      throws MalformedJsonException {
    return pointer == null || token.isEmpty()
        ? file
        : pointer.put(file, JsonSplice.quotedText(token.get().reveal()));
  }

  /** In the form that the file has: seconds stay seconds, and a text stays one. */
  private static byte[] put(byte[] file, @Nullable JsonPointer pointer, Instant time)
      throws MalformedJsonException {
    if (pointer == null) {
      return file;
    }
    Optional<Span> there = pointer.find(file);
    if (there.isPresent() && JsonOutline.text(file, there.get()).isPresent()) {
      return pointer.put(file, JsonSplice.quotedText(time.toString()));
    }
    boolean seconds =
        there.isPresent() && EpochTime.isSeconds(JsonOutline.written(file, there.get()));
    return pointer.put(file, Long.toString(seconds ? time.getEpochSecond() : time.toEpochMilli()));
  }

  /** Describes a client. Not thread-safe. */
  public static final class Builder {
    private final String provider;
    private @Nullable String liveName;
    private @Nullable JsonPointer accessToken;
    private @Nullable JsonPointer refreshToken;
    private @Nullable JsonPointer idToken;
    private @Nullable JsonPointer expiresAt;
    private @Nullable JsonPointer loginExpiresAt;
    private @Nullable JsonPointer account;
    private @Nullable List<String> loginKeys;

    private Builder(String provider) {
      this.provider = provider;
    }

    /** The live file's name; needed. */
    public Builder liveName(String name) {
      liveName = name;
      return this;
    }

    /**
     * The keys at the top of the file that travel with the slot; all others belong to the machine
     * and follow the live link. Unless set, the whole file travels.
     */
    public Builder loginKeys(List<String> keys) {
      loginKeys = List.copyOf(keys);
      return this;
    }

    /**
     * Where a value is.
     *
     * @param value one of {@link #POINTERS}: {@code accessToken} is needed; {@code expiresAt} and
     *     {@code loginExpiresAt} are numbers, milliseconds above 1e12 and seconds below, or RFC
     *     3339 texts; {@code account} is an id and no token, and without it the {@code sub} of the
     *     id token is one
     * @param pointer such as {@code /tokens/access_token}
     * @throws IllegalArgumentException if it is not one of them, or no pointer; the message names
     *     it
     */
    public Builder pointer(String value, String pointer) {
      JsonPointer parsed =
          JsonPointer.of(pointer)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "'" + value + "' must be a JSON pointer such as /tokens/access_token"));
      switch (value) {
        case "accessToken" -> accessToken = parsed;
        case "refreshToken" -> refreshToken = parsed;
        case "idToken" -> idToken = parsed;
        case "expiresAt" -> expiresAt = parsed;
        case "loginExpiresAt" -> loginExpiresAt = parsed;
        case "account" -> account = parsed;
        default -> throw new IllegalArgumentException("a format has no '" + value + "'");
      }
      return this;
    }

    /** What {@link #pointer} can say the place of. */
    public static final List<String> POINTERS =
        List.of("accessToken", "refreshToken", "idToken", "expiresAt", "loginExpiresAt", "account");

    /**
     * The format.
     *
     * @throws IllegalArgumentException if something is missing, or a token is not among the keys
     *     that travel with the slot; the message names the key
     */
    public CustomFormat build() {
      if (liveName == null) {
        throw new IllegalArgumentException("a format needs 'liveName', the name of its file");
      }
      if (accessToken == null) {
        throw new IllegalArgumentException(
            "a format needs 'accessToken', a JSON pointer such as /tokens/access_token");
      }
      travels("accessToken", accessToken);
      travels("refreshToken", refreshToken);
      travels("idToken", idToken);
      travels("expiresAt", expiresAt);
      travels("loginExpiresAt", loginExpiresAt);
      travels("account", account);
      if (account != null
          && (account.equals(accessToken)
              || account.equals(refreshToken)
              || account.equals(idToken))) {
        throw new IllegalArgumentException(
            "'account' must not be a token: leave it out, and the id token's 'sub' is the account");
      }
      return new CustomFormat(this, accessToken, liveName);
    }

    private void travels(String value, @Nullable JsonPointer pointer) {
      if (pointer != null && loginKeys != null && !loginKeys.contains(pointer.top())) {
        throw new IllegalArgumentException(
            "'loginKeys' must name the key that '"
                + value
                + "' is under, or every slot would get the live one's");
      }
    }
  }
}
