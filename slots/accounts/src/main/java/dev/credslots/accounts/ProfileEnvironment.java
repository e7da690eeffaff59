package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of an environment is to be changed so that a program runs as one profile and as nobody else.
 * Pure; printing it shows names alone.
 *
 * <p>Everything is removed that says of Claude Code (and of Anthropic's libraries) as whom, with
 * what or to whom it speaks: every {@code ANTHROPIC_} variable but those of models, betas and logs;
 * of the {@code CLAUDE_} variables those that have one of {@link #SAYING_WHO} among their words and
 * those that name directories; and what {@code slots} itself would take for another directory or
 * key. A rule rather than a list, since clients add such variables with every version.
 */
public final class ProfileEnvironment {
  /** What is always listed as removed, set or not. */
  private static final List<String> KNOWN =
      List.of(
          "ANTHROPIC_API_KEY",
          "ANTHROPIC_AUTH_TOKEN",
          "ANTHROPIC_BASE_URL",
          "ANTHROPIC_CUSTOM_HEADERS",
          "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
          "CLAUDE_CODE_OAUTH_TOKEN",
          "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
          "CLAUDE_CODE_USE_BEDROCK",
          "CLAUDE_CODE_USE_FOUNDRY",
          "CLAUDE_CODE_USE_VERTEX",
          "CLAUDE_CONFIG_DIR",
          "CLAUDE_SECURESTORAGE_CONFIG_DIR",
          "SLOTS_API_KEY",
          "SLOTS_DIR",
          "SLOTS_NAMES",
          "SLOTS_PROFILE");

  private static final Set<String> ALWAYS = Set.copyOf(KNOWN);

  /** Words of the names of {@code ANTHROPIC_} variables that say nothing of logins. */
  private static final Set<String> HARMLESS = Set.of("MODEL", "BETAS", "LOG");

  private static final Set<String> SAYING_WHO =
      Set.of(
          "API",
          "AUTH",
          "AWS",
          "BEDROCK",
          "DESCRIPTOR",
          "FOUNDRY",
          "GATEWAY",
          "HEADERS",
          "KEY",
          "MANTLE",
          "OAUTH",
          "SECRET",
          "TOKEN",
          "URL",
          "VERTEX");

  /** How and where {@code slots} renews: the operator's choice for every profile. */
  private static final Set<String> RENEWING =
      Set.of(
          "CLAUDE_OAUTH_CLIENT_ID",
          "CLAUDE_OAUTH_TOKEN_URL",
          "CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS");

  private final SortedSet<String> unset;
  private final Map<String, String> set;

  private ProfileEnvironment(Map<String, String> set, Collection<String> ambient) {
    SortedSet<String> removed = new TreeSet<>(KNOWN);
    for (String name : ambient) {
      if (removes(name)) {
        removed.add(name);
      }
    }
    removed.removeAll(set.keySet());
    this.unset = Collections.unmodifiableSortedSet(removed);
    this.set = Collections.unmodifiableMap(new TreeMap<>(set));
  }

  /**
   * For the profile.
   *
   * @param ambient the names of the variables that are set
   */
  public static ProfileEnvironment of(Profile.OAuth profile, Collection<String> ambient) {
    String directory = profile.configDirectory().toString();
    return new ProfileEnvironment(
        // The second for slots itself, should a configuration name another directory.
        Map.of(
            "CLAUDE_CONFIG_DIR", directory,
            "SLOTS_DIR", directory,
            "SLOTS_PROFILE", profile.name()),
        ambient);
  }

  /**
   * For the profile and its key.
   *
   * @param ambient the names of the variables that are set
   */
  public static ProfileEnvironment of(
      Profile.ApiKey profile, Secret key, Collection<String> ambient) {
    Map<String, String> set = new TreeMap<>();
    set.put("ANTHROPIC_API_KEY", key.reveal());
    Optional<BaseUrl> baseUrl = profile.baseUrl();
    baseUrl.ifPresent(url -> set.put("ANTHROPIC_BASE_URL", url.text()));
    set.put("SLOTS_PROFILE", profile.name());
    return new ProfileEnvironment(set, ambient);
  }

  /**
   * For no profile: the login a client uses by itself.
   *
   * @param ambient the names of the variables that are set
   */
  public static ProfileEnvironment ofDefault(Collection<String> ambient) {
    return new ProfileEnvironment(Map.of(), ambient);
  }

  /** Whether a variable says as whom to speak, so that a profile's program must not have it. */
  public static boolean removes(String name) {
    if (ALWAYS.contains(name)) {
      return true;
    }
    List<String> words = Arrays.asList(name.split("_", -1));
    boolean sayingWho = !Collections.disjoint(words, SAYING_WHO);
    if (name.startsWith("ANTHROPIC_")) {
      return sayingWho || Collections.disjoint(words, HARMLESS);
    }
    return name.startsWith("CLAUDE_") && sayingWho && !RENEWING.contains(name);
  }

  /** The variables to remove: sorted, none of {@link #set()}; also such as are not set. */
  public SortedSet<String> unset() {
    return unset;
  }

  /** The variables to set, sorted by name. An API key is among the values. */
  public Map<String, String> set() {
    return set;
  }

  @Override
  public String toString() {
    return "ProfileEnvironment[set=" + set.keySet() + ", unset=" + unset + "]";
  }
}
