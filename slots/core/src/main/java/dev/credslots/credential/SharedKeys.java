package dev.credslots.credential;

import dev.credslots.credential.JsonOutline.Member;
import dev.credslots.credential.JsonSplice.Edit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a credential file that belong to the machine and not to the login: logins to MCP
 * servers, secrets of plugins. They follow the live link, or a switch would log them out. Immutable
 * and thread-safe; no input or output.
 *
 * @param names keys of the file's top level, see {@link CredentialFormat#sharedKeys()}
 */
public record SharedKeys(List<String> names) {

  public SharedKeys {
    names = List.copyOf(names);
  }

  /**
   * Carries the shared keys of one file into another, entry by entry: each member of a key's object
   * is put into the other file's object, and one that {@code from} lacks stays. A key is taken
   * whole where either file has something else than an object there.
   *
   * @param from the file the live link leads to, or led to
   * @param to the file it shall lead to
   * @return {@code to} with the values of {@code from} and every other byte as it was; empty if it
   *     says all of it already, in whatever spacing
   * @throws MalformedJsonException if one of the two is not one JSON object in UTF-8
   */
  public Optional<byte[]> carry(byte[] from, byte[] to) throws MalformedJsonException {
    JsonOutline source = JsonOutline.of(from, names::contains);
    JsonOutline target = JsonOutline.of(to, names::contains);
    List<Edit> edits = new ArrayList<>();
    List<byte[]> missing = new ArrayList<>();
    for (Member key : source.members()) {
      JsonOutline entries = key.isObject() ? source.inside(key, name -> true) : null;
      if (entries != null && entries.members().isEmpty()) {
        continue;
      }
      Optional<Member> there = target.member(key.name());
      if (there.isEmpty()) {
        missing.add(whole(from, key));
      } else if (entries == null || !there.get().isObject()) {
        replace(from, key, to, there.get()).ifPresent(edits::add);
      } else {
        edits.addAll(merge(from, entries, to, target.inside(there.get(), name -> true)));
      }
    }
    if (!missing.isEmpty()) {
      edits.add(JsonSplice.insertion(to, target, missing));
    }
    return edits.isEmpty() ? Optional.empty() : Optional.of(JsonSplice.apply(to, edits));
  }

  /**
   * A file without them, for a login that leaves the machine; the same bytes if it has none.
   *
   * @throws MalformedJsonException if it is not one JSON object in UTF-8
   */
  public byte[] removedFrom(byte[] file) throws MalformedJsonException {
    // Of duplicate names the outline knows the last, which counts; so none of a key's is left.
    JsonOutline outline = JsonOutline.of(file, name -> true);
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    boolean removed = false;
    for (Member member : outline.members()) {
      if (names.contains(member.name())) {
        removed = true;
      } else {
        out.write(out.size() == 0 ? '{' : ',');
        out.writeBytes(whole(file, member));
      }
    }
    out.writeBytes((out.size() == 0 ? "{}\n" : "}\n").getBytes(StandardCharsets.UTF_8));
    return removed ? out.toByteArray() : file;
  }

  private static List<Edit> merge(byte[] from, JsonOutline entries, byte[] to, JsonOutline present)
      throws MalformedJsonException {
    List<Edit> edits = new ArrayList<>();
    List<byte[]> missing = new ArrayList<>();
    for (Member entry : entries.members()) {
      Optional<Member> there = present.member(entry.name());
      if (there.isEmpty()) {
        missing.add(whole(from, entry));
      } else {
        replace(from, entry, to, there.get()).ifPresent(edits::add);
      }
    }
    if (!missing.isEmpty()) {
      edits.add(JsonSplice.insertion(to, present, missing));
    }
    return edits;
  }

  private static Optional<Edit> replace(byte[] from, Member source, byte[] to, Member target)
      throws MalformedJsonException {
    return JsonOutline.sameValue(from, source.value(), to, target.value())
        ? Optional.empty()
        : Optional.of(new Edit(target.value(), source.value().of(from)));
  }

  /** A member as its file spells it, escapes in the name included. */
  private static byte[] whole(byte[] file, Member member) {
    return new JsonOutline.Span(member.nameStart(), member.value().end()).of(file);
  }
}
