package dev.credslots.credential;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.credslots.credential.JsonOutline.Member;
import dev.credslots.credential.JsonOutline.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Changes one value of a JSON document and not one byte beside it: what a client wrote with numbers
 * beyond a double, its own blanks or duplicate names comes out as it went in. Of duplicate names
 * the last counts. Takes time and memory linear in the document; no input or output; never keeps or
 * changes an array it was given.
 */
final class JsonSplice {

  /** What to write in place of the bytes at a span, which is empty for an insertion. */
  static final class Edit {
    final Span at;
    final byte[] bytes;

    Edit(Span at, byte[] bytes) {
      this.at = at;
      this.bytes = bytes;
    }
  }

  private JsonSplice() {}

  /**
   * Finds the value at a path of names.
   *
   * @return its bytes' place without blanks around it; empty if it, or an object on the way, is not
   *     there
   * @throws MalformedJsonException if {@code json} is not one JSON object in UTF-8
   */
  static Optional<Span> find(byte[] json, String... path) throws MalformedJsonException {
    requirePath(path);
    JsonOutline object = JsonOutline.of(json, path[0]::equals);
    for (int i = 0; ; i++) {
      Optional<Member> member = object.member(path[i]);
      if (member.isEmpty() || i == path.length - 1) {
        return member.map(Member::value);
      }
      if (!member.get().isObject()) {
        return Optional.empty();
      }
      object = object.inside(member.get(), path[i + 1]::equals);
    }
  }

  /**
   * Replaces the value at a path of names, or adds it as the last member, spaced like the one
   * before it, together with the objects that are missing on the way.
   *
   * @param value one JSON value in UTF-8; blanks around it are left out
   * @return a new document; equal to {@code json} if the very bytes were there already
   * @throws MalformedJsonException if {@code json} is not one JSON object in UTF-8, {@code value}
   *     not one JSON value, or something on the way is there and no object
   */
  static byte[] put(byte[] json, byte[] value, String... path) throws MalformedJsonException {
    requirePath(path);
    byte[] bare = JsonOutline.soleValue(value).of(value);
    JsonOutline object = JsonOutline.of(json, path[0]::equals);
    for (int i = 0; ; i++) {
      Optional<Member> member = object.member(path[i]);
      if (member.isEmpty()) {
        return apply(json, List.of(insertion(json, object, path, i, bare)));
      }
      if (i == path.length - 1) {
        return apply(json, List.of(new Edit(member.get().value(), bare)));
      }
      if (!member.get().isObject()) {
        throw new MalformedJsonException("no JSON object at " + path[i]);
      }
      object = object.inside(member.get(), path[i + 1]::equals);
    }
  }

  /**
   * Adds members to the end of an object.
   *
   * @param json the document that {@code object} outlines
   * @param members each a name, a colon and a value, as the document shall have them; not empty
   */
  static Edit insertion(byte[] json, JsonOutline object, List<byte[]> members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Optional<Member> last = object.last();
    Span blanks = last.map(member -> blanksBefore(json, member)).orElse(new Span(0, 0));
    boolean first = last.isEmpty();
    for (byte[] member : members) {
      if (!first) {
        out.write(',');
        write(out, json, blanks);
      }
      out.writeBytes(member);
      first = false;
    }
    int at = last.map(member -> member.value().end()).orElse(object.start() + 1);
    return new Edit(new Span(at, at), out.toByteArray());
  }

  /** Applies edits that do not overlap. */
  static byte[] apply(byte[] json, List<Edit> edits) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 1024);
    int done = 0;
    for (Edit edit :
        edits.stream().sorted(Comparator.comparingInt((Edit edit) -> edit.at.start())).toList()) {
      write(out, json, new Span(done, edit.at.start()));
      out.writeBytes(edit.bytes);
      done = edit.at.end();
    }
    write(out, json, new Span(done, json.length));
    return out.toByteArray();
  }

  private static Edit insertion(
      byte[] json, JsonOutline object, String[] path, int missing, byte[] value) {
    byte[] colon = object.last().map(last -> colonOf(json, last).of(json)).orElse(utf8(":"));
    ByteArrayOutputStream member = new ByteArrayOutputStream(value.length + 256);
    member.writeBytes(quoted(path[missing]));
    member.writeBytes(colon);
    for (int i = missing + 1; i < path.length; i++) {
      member.write('{');
      member.writeBytes(quoted(path[i]));
      member.writeBytes(colon);
    }
    member.writeBytes(value);
    for (int i = missing + 1; i < path.length; i++) {
      member.write('}');
    }
    return insertion(json, object, List.of(member.toByteArray()));
  }

  /** What stands between a member's name and its value: a colon and blanks. */
  private static Span colonOf(byte[] json, Member member) {
    int start = member.value().start();
    while (json[start - 1] != '"') {
      start--;
    }
    return new Span(start, member.value().start());
  }

  /** The blanks between the comma or brace before a member and its name. */
  private static Span blanksBefore(byte[] json, Member member) {
    int start = member.nameStart();
    while (json[start - 1] != ',' && json[start - 1] != '{') {
      start--;
    }
    return new Span(start, member.nameStart());
  }

  private static byte[] quoted(String name) {
    return utf8(quotedText(name));
  }

  /** A text as JSON. */
  static String quotedText(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(ByteArrayOutputStream out, byte[] json, Span span) {
    out.write(json, span.start(), span.end() - span.start());
  }

  private static void requirePath(String[] path) {
    if (path.length == 0) {
      throw new IllegalArgumentException("a path has at least one name");
    }
  }
}
