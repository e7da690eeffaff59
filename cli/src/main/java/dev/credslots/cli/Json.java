package dev.credslots.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.Hold;
import dev.credslots.Warning;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One JSON object in memory; what is absent is null, so every object has every field. */
final class Json {
  private static final int LAST_PRINTABLE_ASCII = 0x7E;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final JsonGenerator out;

  Json() {
    try {
      out = new JsonFactory().createGenerator(bytes);
      // A terminal may obey more than ASCII's control characters; programs read the same text.
      out.setHighestNonEscapedChar(LAST_PRINTABLE_ASCII);
      out.writeStartObject();
      out.writeNumberField("schemaVersion", 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An array of objects or strings begins. */
  Json list(String name) {
    try {
      out.writeArrayFieldStart(name);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json endList() {
    try {
      out.writeEndArray();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An object begins inside an array. */
  Json object() {
    try {
      out.writeStartObject();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An object begins as a field. */
  Json object(String name) {
    try {
      out.writeObjectFieldStart(name);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json endObject() {
    try {
      out.writeEndObject();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json text(String name, String value) {
    try {
      out.writeStringField(name, value);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json text(String name, Optional<String> value) {
    return value.isPresent() ? text(name, value.get()) : nothing(name);
  }

  Json texts(String name, List<String> values) {
    try {
      out.writeArrayFieldStart(name);
      for (String value : values) {
        out.writeString(value);
      }
      out.writeEndArray();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json flag(String name, boolean value) {
    try {
      out.writeBooleanField(name, value);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json number(String name, long value) {
    try {
      out.writeNumberField(name, value);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** ISO-8601 in UTC. */
  Json time(String name, Optional<Instant> value) {
    return value.isPresent() ? text(name, value.get().toString()) : nothing(name);
  }

  Json nothing(String name) {
    try {
      out.writeNullField(name);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Json holds(List<Hold> holds) {
    list("holds");
    for (Hold hold : holds) {
      object().text("name", hold.name());
      if (hold.pid().isPresent()) {
        number("pid", hold.pid().getAsLong());
      } else {
        nothing("pid");
      }
      time("since", hold.since())
          .text("source", hold.source())
          .text("reason", hold.reason())
          .endObject();
    }
    return endList();
  }

  Json warnings(List<Warning> warnings) {
    list("warnings");
    for (Warning warning : warnings) {
      object().text("code", warning.code()).text("message", warning.message()).endObject();
    }
    return endList();
  }

  /** The finished object and a line feed. */
  byte[] finish() {
    try {
      out.writeEndObject();
      out.writeRaw('\n');
      out.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
