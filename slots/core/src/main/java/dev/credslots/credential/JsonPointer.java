package dev.credslots.credential;

import dev.credslots.credential.JsonOutline.Span;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a value is in a document (RFC 6901), by names alone: an index into an array is taken for a
 * name. Immutable.
 */
final class JsonPointer {
  private final String[] names;

  private JsonPointer(String[] names) {
    this.names = names;
  }

  /** Empty if the text is no pointer, or one to the whole document. */
  static Optional<JsonPointer> of(String text) {
    if (!text.startsWith("/") || text.length() == 1) {
      return Optional.empty();
    }
    String[] names = text.substring(1).split("/", -1);
    for (int i = 0; i < names.length; i++) {
      if (names[i].matches("([^~]|~[01])*")) {
        names[i] = names[i].replace("~1", "/").replace("~0", "~");
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new JsonPointer(names));
  }

  /** The first name on the way: a key at the top of the file. */
  String top() {
    return names[0];
  }

  Optional<Span> find(byte[] file) throws MalformedJsonException {
    return JsonSplice.find(file, names);
  }

  Optional<String> text(byte[] file) throws MalformedJsonException {
    Optional<Span> value = find(file);
    return value.isEmpty() ? Optional.empty() : JsonOutline.text(file, value.get());
  }

  byte[] put(byte[] file, String json) throws MalformedJsonException {
    return JsonSplice.put(file, json.getBytes(StandardCharsets.UTF_8), names);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonPointer pointer && Arrays.equals(names, pointer.names);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(names);
  }
}
