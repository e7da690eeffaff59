package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a slot in {@code .slots/slots/<name>.json}. Immutable.
 *
 * @param lineage hashes of the refresh tokens it had, oldest first, each once
 * @param markers the ends of its logins ({@code refreshTokenExpiresAt}), oldest first
 * @param account the {@code oauthAccount} block that belongs to it, as its JSON text
 * @param condemned hashes of tokens that a server refused
 * @param forks tokens of the lineage whose successor nobody could prove to be one: another login,
 *     or one without an end to tell it by. What is kept of them stays
 * @param suspect hash of the stashed bytes that may be a newer login of this slot
 * @param retryAfter until when a token server asked to be left alone
 */
public record SlotRecord(
    List<Fingerprint> lineage,
    List<Instant> markers,
    Optional<String> account,
    List<Fingerprint> condemned,
    List<Fingerprint> forks,
    Optional<Fingerprint> suspect,
    Optional<Instant> retryAfter) {
  /** Nothing remembered. */
  public static final SlotRecord EMPTY =
      new SlotRecord(
          List.of(),
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty());

  /** A token rotates about three times a day: two months of ancestors. */
  private static final int LONGEST_LINEAGE = 200;

  /** A login lasts a month; a marker older than these cannot come back. */
  private static final int MOST_MARKERS = 10;

  private static final JsonFactory JSON = new JsonFactory();

  public SlotRecord {
    lineage = List.copyOf(lineage);
    markers = List.copyOf(markers);
    condemned = List.copyOf(condemned);
    forks = forks.stream().filter(lineage::contains).toList();
  }

  /**
   * With {@code token} as the newest; the same record if it is that already. What comes after it is
   * open again, if it was there before.
   */
  public SlotRecord extendedBy(Fingerprint token) {
    return new SlotRecord(
        newest(lineage, token, LONGEST_LINEAGE),
        markers,
        account,
        condemned,
        without(forks, List.of(token)),
        suspect,
        retryAfter);
  }

  /** With the end of a login as the newest. */
  public SlotRecord marked(Instant loginEnd) {
    return new SlotRecord(
        lineage,
        newest(markers, loginEnd, MOST_MARKERS),
        account,
        condemned,
        forks,
        suspect,
        retryAfter);
  }

  /** With another account block. */
  public SlotRecord ofAccount(String block) {
    return new SlotRecord(
        lineage, markers, Optional.of(block), condemned, forks, suspect, retryAfter);
  }

  /** Without an account: nobody knows whose it is. */
  public SlotRecord withoutAccount() {
    return new SlotRecord(
        lineage, markers, Optional.empty(), condemned, forks, suspect, retryAfter);
  }

  /** Of a slot that is about to be another person's: what was refused stays refused. */
  public SlotRecord ofNobody() {
    return new SlotRecord(
        List.of(), List.of(), Optional.empty(), condemned, List.of(), suspect, Optional.empty());
  }

  /** With a token that a server refused. */
  public SlotRecord condemning(Fingerprint token) {
    return new SlotRecord(
        lineage,
        markers,
        account,
        newest(condemned, token, LONGEST_LINEAGE),
        forks,
        suspect,
        retryAfter);
  }

  /** With a token of the lineage whose successor is not proven. */
  public SlotRecord forkedAt(Fingerprint token) {
    return new SlotRecord(
        lineage,
        markers,
        account,
        condemned,
        newest(forks, token, LONGEST_LINEAGE),
        suspect,
        retryAfter);
  }

  /** The end of the login that came last, if it had one. */
  public Optional<Instant> lastMarker() {
    return markers.isEmpty() ? Optional.empty() : Optional.of(markers.get(markers.size() - 1));
  }

  /** With the stashed bytes that may be its newer login, or without. */
  public SlotRecord suspecting(Optional<Fingerprint> stashed) {
    return new SlotRecord(lineage, markers, account, condemned, forks, stashed, retryAfter);
  }

  /** With the instant until which a token server asked to be left alone, or without. */
  public SlotRecord retryingAfter(Optional<Instant> instant) {
    return new SlotRecord(lineage, markers, account, condemned, forks, suspect, instant);
  }

  /** Without tokens and ends of logins that turned out to be another's. */
  public SlotRecord disowning(List<Fingerprint> tokens, List<Instant> loginEnds) {
    return new SlotRecord(
        without(lineage, tokens),
        without(markers, loginEnds),
        account,
        condemned,
        forks,
        suspect,
        retryAfter);
  }

  private static <T> List<T> without(List<T> list, List<T> gone) {
    return list.stream().filter(one -> !gone.contains(one)).toList();
  }

  private static <T> List<T> newest(List<T> list, T last, int most) {
    if (!list.isEmpty() && list.get(list.size() - 1).equals(last)) {
      return list;
    }
    List<T> longer = new ArrayList<>(list);
    longer.remove(last);
    longer.add(last);
    return longer.subList(Math.max(0, longer.size() - most), longer.size());
  }

  /**
   * Reads a record. A damaged one is an empty one: it is evidence, and without evidence nothing is
   * written on proof.
   */
  public static SlotRecord read(Path file) {
    if (!(FileContent.of(file) instanceof FileContent.Bytes content)) {
      return EMPTY;
    }
    List<Fingerprint> lineage = List.of();
    List<Instant> markers = new ArrayList<>();
    Optional<String> account = Optional.empty();
    List<Fingerprint> condemned = List.of();
    List<Fingerprint> forks = List.of();
    Optional<Fingerprint> suspect = Optional.empty();
    Optional<Instant> retryAfter = Optional.empty();
    try (JsonParser json = JSON.createParser(content.bytes())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return EMPTY;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "lineage" -> lineage = fingerprints(texts(json));
          case "markers" -> texts(json).forEach(text -> markers.add(Instant.parse(text)));
          case "account" -> account = Optional.ofNullable(json.getValueAsString());
          case "condemned" -> condemned = fingerprints(texts(json));
          case "forks" -> forks = fingerprints(texts(json));
          case "suspect" ->
              suspect =
                  Optional.ofNullable(json.getValueAsString())
                      .filter(Fingerprint::isSha256)
                      .map(Fingerprint::new);
          case "retryAfter" ->
              retryAfter = Optional.ofNullable(json.getValueAsString()).map(Instant::parse);
          default -> {}
        }
        json.skipChildren();
      }
      return new SlotRecord(lineage, markers, account, condemned, forks, suspect, retryAfter);
    } catch (IOException | DateTimeException e) {
      return EMPTY;
    }
  }

  private static List<String> texts(JsonParser json) throws IOException {
    List<String> texts = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        texts.add(json.getText());
      }
    }
    return texts;
  }

  private static List<Fingerprint> fingerprints(List<String> texts) {
    List<Fingerprint> fingerprints = new ArrayList<>();
    for (String text : texts) {
      if (Fingerprint.isSha256(text)) {
        fingerprints.add(new Fingerprint(text));
      }
    }
    return fingerprints;
  }

  /** Writes it, 0600, durable. */
  public void write(Layout layout, String slot) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 1);
      json.writeStringField("slot", slot);
      write(json, "lineage", lineage);
      write(json, "markers", markers);
      if (account.isPresent()) {
        json.writeStringField("account", account.get());
      }
      write(json, "condemned", condemned);
      write(json, "forks", forks);
      if (suspect.isPresent()) {
        json.writeStringField("suspect", suspect.get().sha256());
      }
      if (retryAfter.isPresent()) {
        json.writeStringField("retryAfter", retryAfter.get().toString());
      }
      json.writeEndObject();
    }
    AtomicFile.privateDirectory(layout.records());
    AtomicFile.replace(layout.record(slot), bytes.toByteArray());
  }

  private static void write(JsonGenerator json, String name, List<?> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object value : values) {
      json.writeString(value.toString());
    }
    json.writeEndArray();
  }
}
