package dev.credslots.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of another program, understood. Immutable; printing it shows no secret.
 *
 * @param entries in the file's order, those that cannot be imported among them
 * @param order the entries' ids in the order that was set, by provider
 * @param usage how the entries fared, by id
 * @param active the id of the entry that was chosen there
 */
public record ImportFile(
    ImportKind kind,
    List<Imported> entries,
    Map<String, List<String>> order,
    Map<String, Usage> usage,
    Optional<String> active) {

  public ImportFile {
    entries = List.copyOf(entries);
    order = Map.copyOf(order);
    usage = Map.copyOf(usage);
  }

  /** With entries alone. */
  ImportFile(ImportKind kind, List<Imported> entries) {
    this(kind, entries, Map.of(), Map.of(), Optional.empty());
  }

  /** What a file is. */
  public sealed interface Reading {
    /** It is one of those that are understood. */
    record Understood(ImportFile file) implements Reading {}

    /**
     * It is none.
     *
     * @param reason as the rest of a sentence, without a value of the file
     */
    record Unknown(String reason) implements Reading {}
  }

  /**
   * Understands a whole file, by its content; an entry that is not as it must be spoils no other.
   *
   * @param as what it is; empty if that is to be found out
   * @param now for what a client's file must say and the source does not
   */
  public static Reading read(byte[] bytes, Optional<ImportKind> as, Instant now) {
    Optional<JsonTree> json = JsonTree.of(bytes);
    if (json.isEmpty()) {
      return new Reading.Unknown("is not one JSON object");
    }
    Optional<ImportKind> kind = as.or(() -> kind(json.get()));
    if (kind.isEmpty()) {
      return new Reading.Unknown("is of no program that slots can import from");
    }
    return new ImportReader(bytes, json.get(), now).read(kind.get());
  }

  private static Optional<ImportKind> kind(JsonTree file) {
    if (file.has("claudeAiOauth")) {
      return Optional.of(ImportKind.CLAUDE);
    }
    if (file.has("OPENAI_API_KEY") || file.has("tokens")) {
      return Optional.of(ImportKind.CODEX);
    }
    if (file.object("profiles").isPresent()) {
      return Optional.of(file.has("version") ? ImportKind.AUTH_PROFILES : ImportKind.CLAUDETM);
    }
    boolean logins =
        file.names().stream()
            .flatMap(name -> file.object(name).stream())
            .anyMatch(entry -> entry.has("access") || entry.has("refresh"));
    return logins ? Optional.of(ImportKind.OAUTH) : Optional.empty();
  }
}
