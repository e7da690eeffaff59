package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.StoreException;
import dev.credslots.accounts.SessionPin.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code .slots/sessions.json} as bytes; {@link StateReader} says what becomes of a file that is
 * not as it must be.
 */
final class SessionFile {

  private SessionFile() {}

  /**
   * @param file for the error
   * @throws StoreException of kind {@code REFUSED} if the bytes are no such file
   */
  static Sessions read(byte[] bytes, Path file) {
    Map<String, SessionPin> pins = new LinkedHashMap<>();
    StateReader.read(
        bytes,
        file,
        "the sessions' pins",
        in ->
            key -> {
              if (key.equals("sessions")) {
                in.object(key, session -> pins.put(session, new Pin(in).read(session)));
              } else {
                in.skip();
              }
            });
    return new Sessions(pins);
  }

  static byte[] write(Sessions sessions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = StateReader.JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", StateReader.SCHEMA_VERSION);
      json.writeObjectFieldStart("sessions");
      for (Map.Entry<String, SessionPin> entry : sessions.bySession().entrySet()) {
        SessionPin pin = entry.getValue();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("slot", pin.slot());
        json.writeStringField("kind", pin.kind().word());
        json.writeStringField("since", pin.since().toString());
        json.writeStringField("lastUsed", pin.lastUsed().toString());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** One session's, while it is read. */
  private static final class Pin {
    private final StateReader in;
    private @Nullable String slot;
    private @Nullable Kind kind;
    private @Nullable Instant since;
    private @Nullable Instant lastUsed;

    Pin(StateReader in) {
      this.in = in;
    }

    SessionPin read(String session) throws IOException {
      if (!Sessions.isId(session)) {
        throw in.wrong("'sessions' must have sessions' ids for keys");
      }
      in.object("sessions", this::member);
      if (slot == null || kind == null || since == null || lastUsed == null) {
        throw in.wrong("a session must have 'slot', 'kind', 'since' and 'lastUsed'");
      }
      return new SessionPin(slot, kind, since, lastUsed);
    }

    private void member(String key) throws IOException {
      switch (key) {
        case "slot" -> slot = in.text(key);
        case "kind" ->
            kind = Kind.of(in.text(key)).orElseThrow(() -> in.wrong("'kind' must be auto or user"));
        case "since" -> since = in.time(key);
        case "lastUsed" -> lastUsed = in.time(key);
        default -> in.skip();
      }
    }
  }
}
