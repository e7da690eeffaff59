package dev.credslots.credential;

import dev.credslots.credential.JsonOutline.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Codex's {@code auth.json} in {@code $CODEX_HOME}: {@code {auth_mode, OPENAI_API_KEY,
 * tokens{id_token, access_token, refresh_token, account_id}, last_refresh}} [source]. Only there
 * where {@code cli_auth_credentials_store} is {@code file}.
 *
 * <p><b>End and account</b> are in the tokens: {@code exp} of the access token, and in the id token
 * the claim {@code https://api.openai.com/auth} with the workspace ({@code chatgpt_account_id}),
 * the person in it ({@code chatgpt_user_id}) and the plan. A token that is no JWT has no usable
 * end. The {@code account_id} beside the tokens counts only where the id token names none: a
 * session that refreshes after a switch puts its tokens into whatever file is there and leaves the
 * rest [source]. There is no end of the login and no identity file, so the account in the file is
 * the only evidence beside bytes and lineage; it needs no baseline, because the token itself says
 * it.
 *
 * <p><b>An API key</b> ({@code auth_mode} says so, or there is a key and no tokens) is endless:
 * fresh, never renewed, and its account is the key's fingerprint, so that two of them are told
 * apart.
 *
 * <p><b>Healing.</b> Codex opens the file, truncates it and writes: through the link, which stays.
 * So a refresh shows as a slot whose token changed: of the same account it is rotated and its
 * lineage goes on, of another it is a changed identity. A regular file at the live path comes of a
 * logout, which deletes the link and leaves the slot, and a login after it: it goes to the one slot
 * of its account, or to none.
 *
 * <p><b>Locks.</b> Codex takes none, and two processes of it may write at once. We take none
 * either. What is exchanged for a new file may be half written: it is looked at until it is whole.
 * Right before it renews, Codex reads the file again and takes what is there, if it is of the same
 * account, so it does not post a token that we have renewed; if both post at the same moment, one
 * of them is refused, as with two processes of Codex.
 *
 * <p><b>Noticing.</b> A running Codex keeps the login it began with until a request is refused or
 * the token is about to end; then it reads the file again, and gives up if that is of another
 * account [source]. A switch counts from the next start on.
 */
public final class CodexFormat implements CredentialFormat {
  private static final String AUTH = "https://api.openai.com/auth";
  private static final String PROFILE = "https://api.openai.com/profile";
  private static final String API_KEY = "OPENAI_API_KEY";
  private static final String MODE = "auth_mode";
  private static final String API_KEY_MODE = "apikey";
  private static final String TOKENS = "tokens";
  private static final String ACCESS = "access_token";
  private static final String REFRESH = "refresh_token";
  private static final String ID = "id_token";
  private static final String ACCOUNT = "account_id";
  private static final String NO_LOGIN = "{\"auth_mode\":\"chatgpt\",\"OPENAI_API_KEY\":null}";
  private static final Set<String> TOP = Set.of(MODE, API_KEY, TOKENS);
  private static final Set<String> IN_TOKENS = Set.of(ID, ACCESS, REFRESH, ACCOUNT);

  /** The format; it has no state. */
  public CodexFormat() {}

  @Override
  public String provider() {
    return "codex";
  }

  @Override
  public String liveName() {
    return "auth.json";
  }

  @Override
  public boolean writesInPlace() {
    return true;
  }

  @Override
  public Reading read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new Reading.NoLogin("larger than 1 MiB");
    }
    try {
      JsonOutline file = JsonOutline.of(bytes, TOP::contains);
      Optional<JsonOutline> tokens = tokens(file);
      Optional<String> key = file.text(API_KEY).filter(text -> !text.isBlank());
      boolean keyMode =
          file.text(MODE).map(API_KEY_MODE::equalsIgnoreCase).orElse(tokens.isEmpty());
      if (keyMode && key.isPresent()) {
        return new Reading.Login(apiKey(Secret.of(key.get())));
      }
      return tokens.isEmpty()
          ? new Reading.NoLogin("no login in it (no tokens and no API key)")
          : new Reading.Login(login(tokens.get()));
    } catch (MalformedJsonException e) {
      return new Reading.NoLogin(String.valueOf(e.getMessage()));
    }
  }

  /** The object with the tokens, if there is one of the two in it that make a login. */
  private static Optional<JsonOutline> tokens(JsonOutline file) throws MalformedJsonException {
    Optional<Member> member = file.member(TOKENS).filter(Member::isObject);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    JsonOutline tokens = file.inside(member.get(), IN_TOKENS::contains);
    boolean login = tokens.text(ACCESS).isPresent() || tokens.text(REFRESH).isPresent();
    return login ? Optional.of(tokens) : Optional.empty();
  }

  private static Credential login(JsonOutline tokens) throws MalformedJsonException {
    Optional<String> access = tokens.text(ACCESS);
    Optional<JwtClaims> id = tokens.text(ID).flatMap(JwtClaims::of);
    Optional<String> account =
        id.flatMap(claims -> claims.text(AUTH, "chatgpt_account_id"))
            .or(orEmpty(tokens.text(ACCOUNT)));
    return new Credential(
        access.map(Secret::of),
        tokens.text(REFRESH).map(Secret::of),
        access.flatMap(JwtClaims::of).flatMap(JwtClaims::end),
        false,
        Optional.empty(),
        id.flatMap(claims -> claims.text(AUTH, "chatgpt_plan_type")),
        Optional.empty(),
        List.of(),
        account.map(
            workspace ->
                new AccountId(
                    workspace,
                    id.flatMap(claims -> claims.text(AUTH, "chatgpt_user_id")),
                    id.flatMap(CodexFormat::email))),
        false);
  }

  /** In an access token that stands for an id token it is among the profile's [source]. */
  private static Optional<String> email(JwtClaims id) {
    return id.text("email").or(() -> id.text(PROFILE, "email"));
  }

  private static Supplier<Optional<String>> orEmpty(Optional<String> text) {
    return () -> text.filter(one -> !one.isBlank());
  }

  private static Credential apiKey(Secret key) {
    AccountId account =
        new AccountId(
            "api-key " + Fingerprint.of(key).abbreviated(), Optional.empty(), Optional.empty());
    return new Credential(
        Optional.of(key),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(account),
        true);
  }

  /** The end of the access token is in it, and neither scopes nor the login's end are kept. */
  @Override
  public byte[] renewed(byte[] bytes, Renewal renewal) throws MalformedJsonException {
    byte[] file = bytes;
    if (renewal.idToken().isPresent()) {
      file = put(file, renewal.idToken().get().reveal(), TOKENS, ID);
    }
    if (renewal.accessToken().isPresent()) {
      file = put(file, renewal.accessToken().get().reveal(), TOKENS, ACCESS);
    }
    if (renewal.refreshToken().isPresent()) {
      file = put(file, renewal.refreshToken().get().reveal(), TOKENS, REFRESH);
    }
    return renewal.at().isPresent()
        ? put(file, renewal.at().get().toString(), "last_refresh")
        : file;
  }

  /**
   * As Codex writes it after a login: with the account beside the tokens too, which it names in its
   * requests. It reads no file without an id token that is a JWT; where the server gave none, the
   * access token is one, with the same claims, as Codex itself has it for tokens from elsewhere
   * [source].
   */
  @Override
  public byte[] created(
      Renewal login, Optional<String> subscriptionType, Optional<String> rateLimitTier)
      throws MalformedJsonException {
    Optional<Secret> id = login.idToken().or(() -> login.accessToken().filter(CodexFormat::isJwt));
    byte[] file =
        renewed(
            NO_LOGIN.getBytes(StandardCharsets.UTF_8),
            new Renewal(
                login.accessToken(),
                login.refreshToken(),
                login.expiresAt(),
                login.loginExpiresAt(),
                login.scopes(),
                id,
                login.at()));
    Optional<String> account =
        id.flatMap(token -> JwtClaims.of(token.reveal()))
            .flatMap(claims -> claims.text(AUTH, "chatgpt_account_id"));
    return account.isPresent() ? put(file, account.get(), TOKENS, ACCOUNT) : file;
  }

  private static boolean isJwt(Secret token) {
    return JwtClaims.of(token.reveal()).isPresent();
  }

  private static byte[] put(byte[] file, String text, String... path)
      throws MalformedJsonException {
    byte[] json = JsonSplice.quotedText(text).getBytes(StandardCharsets.UTF_8);
    return JsonSplice.put(file, json, path);
  }
}
