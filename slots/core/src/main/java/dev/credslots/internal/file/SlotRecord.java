package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is remembered of a slot in {@code .slots/slots/<name>.json}: the hashes of the refresh
 * tokens it had, oldest first. Immutable.
 *
 * @param lineage oldest first, each once
 */
public record SlotRecord(List<Fingerprint> lineage) {
  /** Nothing remembered. */
  public static final SlotRecord EMPTY = new SlotRecord(List.of());

  /** A token rotates about three times a day: two months of ancestors. */
  private static final int LONGEST_LINEAGE = 200;

  private static final JsonFactory JSON = new JsonFactory();

  public SlotRecord {
    lineage = List.copyOf(lineage);
  }

  /** With {@code token} as the newest; the same record if it is that already. */
  public SlotRecord extendedBy(Fingerprint token) {
    if (!lineage.isEmpty() && lineage.get(lineage.size() - 1).equals(token)) {
      return this;
    }
    List<Fingerprint> longer = new ArrayList<>(lineage);
    longer.remove(token);
    longer.add(token);
    int from = Math.max(0, longer.size() - LONGEST_LINEAGE);
    return new SlotRecord(longer.subList(from, longer.size()));
  }

  /**
   * Reads a record. A damaged one is an empty one: it is evidence, and without evidence nothing is
   * written on proof.
   */
  public static SlotRecord read(Path file) {
    if (!(FileContent.of(file) instanceof FileContent.Bytes content)) {
      return EMPTY;
    }
    List<Fingerprint> lineage = new ArrayList<>();
    try (JsonParser json = JSON.createParser(content.bytes())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return EMPTY;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isLineage = "lineage".equals(json.currentName());
        if (json.nextToken() == JsonToken.START_ARRAY && isLineage) {
          while (json.nextToken() == JsonToken.VALUE_STRING) {
            if (Fingerprint.isSha256(json.getText())) {
              lineage.add(new Fingerprint(json.getText()));
            }
          }
        }
        json.skipChildren();
      }
      return new SlotRecord(lineage);
    } catch (IOException e) {
      return EMPTY;
    }
  }

  /** Writes it, 0600, durable. */
  public void write(Layout layout, String slot) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 1);
      json.writeStringField("slot", slot);
      json.writeArrayFieldStart("lineage");
      for (Fingerprint token : lineage) {
        json.writeString(token.sha256());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    AtomicFile.privateDirectory(layout.records());
    AtomicFile.replace(layout.record(slot), bytes.toByteArray());
  }
}
