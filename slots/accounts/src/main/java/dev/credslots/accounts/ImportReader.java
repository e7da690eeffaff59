package dev.credslots.accounts;

import dev.credslots.accounts.ImportFile.Reading;
import dev.credslots.accounts.Imported.ApiKey;
import dev.credslots.accounts.Imported.Broken;
import dev.credslots.accounts.Imported.Directory;
import dev.credslots.accounts.Imported.Login;
import dev.credslots.accounts.Imported.Token;
import dev.credslots.credential.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the files that {@link ImportKind} names. Of one file. */
final class ImportReader {
  /** What can be shown of a file's keys; one that begins like a token is there by mistake. */
  private static final Pattern SHOWABLE = Pattern.compile("[A-Za-z0-9@:._+-]{1,100}");

  private static final int AUTH_PROFILES_VERSION = 1;

  /** Where a provider takes a key as Anthropic's API does; of Z.ai its documents say so. */
  private static final Map<String, Optional<String>> KEYS_BY_PROVIDER =
      Map.of(
          ImportNames.CLAUDE,
          Optional.empty(),
          "zai",
          Optional.of("https://api.z.ai/api/anthropic"));

  private final byte[] bytes;
  private final JsonTree file;
  private final ClientFiles clientFiles;

  /** What is shown of the keys. */
  private final Map<String, String> ids = new LinkedHashMap<>();

  ImportReader(byte[] bytes, JsonTree file, Instant now) {
    this.bytes = bytes;
    this.file = file;
    this.clientFiles = new ClientFiles(now);
  }

  Reading read(ImportKind kind) {
    return switch (kind) {
      case CLAUDE -> whole(kind, ImportNames.CLAUDE);
      case CODEX -> whole(kind, ImportNames.CODEX);
      case AUTH_PROFILES -> authProfiles();
      case OAUTH -> new Reading.Understood(new ImportFile(kind, oauth()));
      case CLAUDETM -> claudetm();
    };
  }

  /** A client's own file is a slot as it is; whether there is a login in it, the slots say. */
  private Reading whole(ImportKind kind, String provider) {
    Secret content = Secret.of(new String(bytes, StandardCharsets.UTF_8));
    Login login = new Login(kind.word(), provider, provider, content);
    return new Reading.Understood(new ImportFile(kind, List.of(login)));
  }

  private List<Imported> oauth() {
    List<Imported> entries = new ArrayList<>();
    for (String name : file.names()) {
      String provider = ImportNames.provider(name);
      // What these programs call it when they take it over themselves.
      String id = shown(name) + ":default";
      Optional<JsonTree> entry = file.object(name);
      entries.add(
          entry.isPresent()
              ? login(id, provider, name + ":default", entry.get())
              : new Broken(id, provider, "is not an object"));
    }
    return entries;
  }

  private Reading authProfiles() {
    Optional<JsonTree> profiles = file.object("profiles");
    if (file.number("version").orElse(0L) != AUTH_PROFILES_VERSION || profiles.isEmpty()) {
      return new Reading.Unknown("is no auth-profiles.json of version 1");
    }
    List<Imported> entries = new ArrayList<>();
    Map<String, Usage> usage = new LinkedHashMap<>();
    for (String key : profiles.get().names()) {
      String id = shown(key);
      Optional<JsonTree> entry = profiles.get().object(key);
      entries.add(
          entry.isPresent()
              ? authProfile(id, key, entry.get())
              : new Broken(id, "", "is not an object"));
      file.object("usageStats")
          .flatMap(all -> all.object(key))
          .ifPresent(stats -> usage.put(id, usage(stats)));
    }
    return new Reading.Understood(
        new ImportFile(ImportKind.AUTH_PROFILES, entries, order(), usage, Optional.empty()));
  }

  private Imported authProfile(String id, String key, JsonTree entry) {
    String provider =
        ImportNames.provider(entry.text("provider").orElse(key.replaceFirst(":.*", "")));
    String type = entry.text("type").orElse("");
    return switch (type) {
      case "oauth" -> login(id, provider, key, entry);
      case "token" ->
          entry
              .text("token")
              .<Imported>map(
                  token ->
                      new Token(
                          id, provider, provider, Secret.of(token.strip()), entry.time("expires")))
              .orElseGet(() -> new Broken(id, provider, "has no token"));
      case "api_key" -> apiKey(id, provider, ImportNames.of(key, entry, provider), entry, "key");
      default -> new Broken(id, provider, "has a 'type' that is none of oauth, token and api_key");
    };
  }

  private static Imported apiKey(
      String id, String provider, String name, JsonTree entry, String member) {
    Optional<String> key = entry.text(member);
    if (key.isEmpty()) {
      return new Broken(id, provider, "has no key");
    }
    return KEYS_BY_PROVIDER.containsKey(provider)
        ? new ApiKey(
            id,
            provider,
            name,
            Secret.of(key.get().strip()),
            entry.text("base_url").or(() -> KEYS_BY_PROVIDER.get(provider)))
        : new Broken(id, provider, "is a key of " + provider + ", of which there are no profiles");
  }

  private Imported login(String id, String provider, String key, JsonTree entry) {
    if (!provider.equals(ImportNames.CLAUDE) && !provider.equals(ImportNames.CODEX)) {
      return new Broken(
          id, provider, "is a login of " + provider + ", whose files slots does not know");
    }
    Optional<String> problem = clientFiles.problem(provider, entry);
    return problem.isPresent()
        ? new Broken(id, provider, problem.get())
        : new Login(
            id, provider, ImportNames.of(key, entry, provider), clientFiles.of(provider, entry));
  }

  private Map<String, List<String>> order() {
    Map<String, List<String>> order = new LinkedHashMap<>();
    file.object("order")
        .ifPresent(
            all ->
                all.names()
                    .forEach(
                        name ->
                            order.put(
                                ImportNames.provider(name),
                                all.texts(name).stream()
                                    .filter(ids::containsKey)
                                    .map(ids::get)
                                    .toList())));
    return order;
  }

  private static Usage usage(JsonTree stats) {
    Map<Outcome, Integer> failures = new EnumMap<>(Outcome.class);
    stats
        .object("failureCounts")
        .ifPresent(
            counts ->
                counts
                    .names()
                    .forEach(
                        word ->
                            Outcome.of(word)
                                .filter(outcome -> count(counts, word) > 0)
                                .ifPresent(outcome -> failures.put(outcome, count(counts, word)))));
    return new Usage(
        stats.time("lastUsed"),
        stats.time("cooldownUntil"),
        stats.time("disabledUntil"),
        failures,
        count(stats, "errorCount"),
        stats.time("lastFailureAt"));
  }

  private static int count(JsonTree object, String name) {
    long count = object.number(name).orElse(0L);
    return (int) Math.max(0, Math.min(Usage.MOST, count));
  }

  private Reading claudetm() {
    Optional<JsonTree> profiles = file.object("profiles");
    if (profiles.isEmpty()) {
      return new Reading.Unknown("is no profiles.json of claudetm");
    }
    List<Imported> entries = new ArrayList<>();
    for (String key : profiles.get().names()) {
      String id = shown(key);
      Optional<JsonTree> entry = profiles.get().object(key);
      entries.add(
          entry.isPresent()
              ? claudetm(id, ImportNames.tidied(key, ImportNames.CLAUDE), entry.get())
              : new Broken(id, ImportNames.CLAUDE, "is not an object"));
    }
    return new Reading.Understood(
        new ImportFile(
            ImportKind.CLAUDETM, entries, Map.of(), Map.of(), file.text("active").map(ids::get)));
  }

  private static Imported claudetm(String id, String name, JsonTree entry) {
    return switch (entry.text("type").orElse("")) {
      case "api-key", "api_key" -> apiKey(id, ImportNames.CLAUDE, name, entry, "api_key");
      case "oauth" ->
          entry
              .text("config_dir")
              .<Imported>map(directory -> new Directory(id, ImportNames.CLAUDE, name, directory))
              .orElseGet(() -> new Broken(id, ImportNames.CLAUDE, "has no config_dir"));
      default ->
          new Broken(id, ImportNames.CLAUDE, "has a 'type' that is neither oauth nor api-key");
    };
  }

  private String shown(String key) {
    boolean showable = SHOWABLE.matcher(key).matches() && !ImportNames.looksLikeToken(key);
    return ids.computeIfAbsent(key, any -> showable ? key : "entry " + (ids.size() + 1));
  }
}
