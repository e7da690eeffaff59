package dev.credslots.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One generation of one account's fake login, as Claude Code would have it on disk.
 *
 * <p>Tokens look like {@code sk-ant-oat01-FAKE-bob-3-5f0c…} (access) and {@code
 * sk-ant-ort01-FAKE-bob-3-…} (refresh): the prefixes are the real ones, and the account and the
 * sequence number can be read back from the text of any token, so that a test can say whose a token
 * is wherever it turns up. Sequence numbers count up over all logins of one account; two
 * generations made from the same builder never share one.
 *
 * <p>Facts used: access tokens live 8 hours; {@code refreshTokenExpiresAt} is the end of the login,
 * some 28 days on, and stays over refreshes (read in the client's files and in users' reports). In
 * Codex's file ({@link Builder#client}) the tokens are {@code rt_FAKE-bob-3-…} and a JWT whose
 * signature is {@code FAKE-bob-3-…}.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class FakeLogin {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?:sk-ant-o[ar]t01-|rt_|[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.)FAKE-(.+)-([0-9]{1,18})-([0-9a-f]+)");
  private static final Pattern REFRESH_TOKEN =
      Pattern.compile("(?:sk-ant-ort01-|rt_)FAKE-[A-Za-z0-9@._-]+?-[0-9]{1,18}-[0-9a-f]{40}");
  private static final String REFRESH_PREFIX = "sk-ant-ort01-";
  private static final String CODEX_REFRESH_PREFIX = "rt_";
  private static final Duration ACCESS_LIFE = Duration.ofHours(8);
  private static final Duration LOGIN_LIFE = Duration.ofDays(28);

  private final Family family;
  private final long sequence;
  private final Instant expiresAt;
  private final Instant refreshTokenExpiresAt;
  private final Map<String, Object> oauthOverrides;
  private final Map<String, Object> siblings;

  private FakeLogin(
      Family family,
      long sequence,
      Instant expiresAt,
      Instant refreshTokenExpiresAt,
      Map<String, Object> oauthOverrides,
      Map<String, Object> siblings) {
    this.family = family;
    this.sequence = sequence;
    this.expiresAt = expiresAt;
    this.refreshTokenExpiresAt = refreshTokenExpiresAt;
    this.oauthOverrides = oauthOverrides;
    this.siblings = siblings;
  }

  /** The first generation of a fresh login that began just now. */
  public static FakeLogin of(String account) {
    return builder(account).build();
  }

  /** A builder for an account: letters, digits, {@code @ . _ -}. */
  public static Builder builder(String account) {
    return new Builder(account);
  }

  /** The account's short name, which is in every token of it. */
  public String account() {
    return family.account;
  }

  /** The account's e-mail address. */
  public String email() {
    return emailOf(family.account);
  }

  /** The account's id, always the same for the same name. */
  public UUID accountUuid() {
    return accountUuidOf(family.account);
  }

  /** The e-mail address of an account. */
  static String emailOf(String account) {
    return account.contains("@") ? account : account + "@example.test";
  }

  static UUID accountUuidOf(String account) {
    return UUID.nameUUIDFromBytes(("account " + account).getBytes(StandardCharsets.UTF_8));
  }

  /** This generation's number within its account, from 1. */
  public long sequence() {
    return sequence;
  }

  /** This generation's access token. */
  public String accessToken() {
    return family.client == FakeClient.CLAUDE
        ? family.token("sk-ant-oat01-", sequence)
        : FakeJwt.of(claims(expiresAt), family.token("", sequence));
  }

  /** Who logged in, as a client of OpenAI's has it: a JWT with the account in it. */
  public String idToken() {
    return FakeJwt.of(claims(family.now.plusSeconds(3600)), "FAKE-id-" + family.account);
  }

  private Map<String, Object> claims(Instant end) {
    return Map.of(
        "exp",
        end.getEpochSecond(),
        "email",
        email(),
        "https://api.openai.com/auth",
        Map.of(
            "chatgpt_account_id",
            accountUuid().toString(),
            "chatgpt_user_id",
            "user-FAKE-" + family.account,
            "chatgpt_plan_type",
            "plus"));
  }

  /** When this generation was given, as Codex writes it. */
  String lastRefresh() {
    return family.now.plusMillis(sequence).toString();
  }

  String subscriptionType() {
    return family.subscriptionType;
  }

  String rateLimitTier() {
    return family.rateLimitTier;
  }

  FakeClient client() {
    return family.client;
  }

  /** This generation's refresh token. */
  public String refreshToken() {
    return family.token(
        family.client == FakeClient.CLAUDE ? REFRESH_PREFIX : CODEX_REFRESH_PREFIX, sequence);
  }

  /** When the access token ends, as rendered unless overridden. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** When the login itself ends: the marker that refreshes leave alone. */
  public Instant refreshTokenExpiresAt() {
    return refreshTokenExpiresAt;
  }

  /** The next generation of this login: new tokens, a later expiry, the same marker. */
  public FakeLogin rotate() {
    Instant next = family.now.plus(ACCESS_LIFE).plusSeconds(sequence);
    return new FakeLogin(family, family.next(), next, refreshTokenExpiresAt, Map.of(), siblings);
  }

  /** A new login of the same account: new tokens, and a marker days from the last one's. */
  public FakeLogin login() {
    return new FakeLogin(
        family,
        family.next(),
        family.now.plus(ACCESS_LIFE),
        refreshTokenExpiresAt.plus(Duration.ofHours(74)),
        Map.of(),
        siblings);
  }

  /**
   * This generation with one key of {@code claudeAiOauth} written as the given JSON, valid or not.
   */
  public FakeLogin withRaw(String key, String json) {
    Map<String, Object> overrides = new LinkedHashMap<>(oauthOverrides);
    overrides.put(key, Json.raw(json));
    return new FakeLogin(family, sequence, expiresAt, refreshTokenExpiresAt, overrides, siblings);
  }

  /** This generation without some keys of {@code claudeAiOauth}. */
  public FakeLogin without(String... keys) {
    Map<String, Object> overrides = new LinkedHashMap<>(oauthOverrides);
    for (String key : keys) {
      overrides.put(key, Json.NULL);
    }
    return new FakeLogin(family, sequence, expiresAt, refreshTokenExpiresAt, overrides, siblings);
  }

  /** This generation with a key beside {@code claudeAiOauth}, such as {@code mcpOAuth}. */
  public FakeLogin withSibling(String key, String json) {
    Map<String, Object> more = new LinkedHashMap<>(siblings);
    more.put(key, Json.raw(json));
    return new FakeLogin(family, sequence, expiresAt, refreshTokenExpiresAt, oauthOverrides, more);
  }

  /**
   * The bytes of the client's file: Claude Code's on one line, keys in its order, times in
   * milliseconds.
   */
  public byte[] credentialJson() {
    return family.client.credential(this, oauthOverrides, siblings);
  }

  /** What a client leaves after a failed refresh: the same file, tokens empty, expiry zero. */
  public byte[] wipedJson() {
    return family.client.wiped(credentialJson()).orElseThrow();
  }

  /** The {@code oauthAccount} block of the identity file. */
  public String oauthAccountJson() {
    return Json.write(oauthAccount(family.account));
  }

  /** What Anthropic's profile endpoint says of the account. */
  String profileJson() {
    Map<String, Object> block = oauthAccount(family.account);
    Map<String, Object> account = new LinkedHashMap<>();
    account.put("uuid", block.get("accountUuid"));
    account.put("email", email());
    account.put("display_name", family.account);
    Map<String, Object> organization = new LinkedHashMap<>();
    organization.put("uuid", block.get("organizationUuid"));
    organization.put("name", block.get("organizationName"));
    organization.put("organization_type", "claude_" + family.subscriptionType);
    organization.put("billing_type", block.get("billingType"));
    organization.put("rate_limit_tier", family.rateLimitTier);
    Map<String, Object> profile = new LinkedHashMap<>();
    profile.put("account", account);
    profile.put("organization", organization);
    return Json.write(profile);
  }

  static Map<String, Object> oauthAccount(String account) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("accountUuid", accountUuidOf(account).toString());
    block.put("emailAddress", emailOf(account));
    block.put(
        "organizationUuid",
        UUID.nameUUIDFromBytes(("organization " + account).getBytes(StandardCharsets.UTF_8))
            .toString());
    block.put("organizationName", account + "'s Organization");
    block.put("organizationRole", "admin");
    block.put("displayName", account);
    block.put("billingType", "stripe_subscription");
    block.put("seatTier", Json.NULL);
    return block;
  }

  /** The account a fake token belongs to, or empty for any other text. */
  public static Optional<String> accountOf(String token) {
    Matcher matcher = TOKEN.matcher(token);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The sequence number of a fake token, or empty for any other text. */
  public static OptionalLong sequenceOf(String token) {
    Matcher matcher = TOKEN.matcher(token);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(2)))
        : OptionalLong.empty();
  }

  static boolean isRefreshToken(String text) {
    return (text.startsWith(REFRESH_PREFIX) || text.startsWith(CODEX_REFRESH_PREFIX))
        && TOKEN.matcher(text).matches();
  }

  /** Whole refresh tokens in any text, torn or not. */
  static List<String> refreshTokensIn(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = REFRESH_TOKEN.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  /** Names account and sequence only, as a secret's owner should. */
  @Override
  public String toString() {
    return "FakeLogin[" + family.account + " #" + sequence + "]";
  }

  /** Makes the first generation of an account's login. Not safe for use by several threads. */
  public static final class Builder {
    private final String account;
    private long seed;
    private long firstSequence = 1;
    private Instant now = Instant.now();
    private Optional<Instant> expiresAt = Optional.empty();
    private Optional<Instant> refreshTokenExpiresAt = Optional.empty();
    private String subscriptionType = "max";
    private String rateLimitTier = "default_claude_max_20x";
    private FakeClient client = FakeClient.CLAUDE;

    private Builder(String account) {
      if (!account.matches("[A-Za-z0-9@._-]+")) {
        throw new IllegalArgumentException("not usable in a token: " + account);
      }
      this.account = account;
    }

    /** What the random part of the tokens is made from; default 0. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** The first generation's number; default 1. */
    public Builder firstSequence(long sequence) {
      this.firstSequence = sequence;
      return this;
    }

    /** The moment logins and refreshes happen at; default the moment the builder was made. */
    public Builder now(Instant now) {
      this.now = now;
      return this;
    }

    /** When the first access token ends; default 8 hours on. */
    public Builder expiresAt(Instant instant) {
      this.expiresAt = Optional.of(instant);
      return this;
    }

    /** When the login ends; default 8 to 28 days on, by account, whole hours apart. */
    public Builder refreshTokenExpiresAt(Instant instant) {
      this.refreshTokenExpiresAt = Optional.of(instant);
      return this;
    }

    /** Default {@code max}. */
    public Builder subscriptionType(String type) {
      this.subscriptionType = type;
      return this;
    }

    /** Default {@code default_claude_max_20x}. */
    public Builder rateLimitTier(String tier) {
      this.rateLimitTier = tier;
      return this;
    }

    /** Whose file it is in; default Claude Code's. */
    public Builder client(FakeClient client) {
      this.client = client;
      return this;
    }

    /** The first generation. */
    public FakeLogin build() {
      Family family =
          new Family(client, account, seed, firstSequence, now, subscriptionType, rateLimitTier);
      // Logins of two people never begin at one instant; fixtures made together must not either.
      Duration apart = Duration.ofHours(4L * Math.floorMod(account.hashCode(), 120));
      return new FakeLogin(
          family,
          family.next(),
          expiresAt.orElse(now.plus(ACCESS_LIFE)),
          refreshTokenExpiresAt.orElse(now.plus(LOGIN_LIFE).minus(apart)),
          Map.of(),
          Map.of());
    }
  }

  /** What all generations of one account have in common. */
  private static final class Family {
    private final FakeClient client;
    private final String account;
    private final long seed;
    private final Instant now;
    private final String subscriptionType;
    private final String rateLimitTier;
    private final AtomicLong sequence;

    Family(
        FakeClient client,
        String account,
        long seed,
        long firstSequence,
        Instant now,
        String subscriptionType,
        String rateLimitTier) {
      this.client = client;
      this.account = account;
      this.seed = seed;
      this.now = now;
      this.subscriptionType = subscriptionType;
      this.rateLimitTier = rateLimitTier;
      this.sequence = new AtomicLong(firstSequence - 1);
    }

    long next() {
      return sequence.incrementAndGet();
    }

    String token(String prefix, long number) {
      String name = prefix + "FAKE-" + account + "-" + number + "-";
      try {
        byte[] random =
            MessageDigest.getInstance("SHA-256")
                .digest((seed + " " + name).getBytes(StandardCharsets.UTF_8));
        return name + HexFormat.of().formatHex(random, 0, 20);
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException("every JDK has SHA-256", impossible);
      }
    }
  }
}
