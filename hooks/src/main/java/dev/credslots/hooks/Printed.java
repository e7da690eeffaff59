package dev.credslots.hooks;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The beginning of what a process printed. Immutable. */
final class Printed {
  static final Printed NOTHING = new Printed(new byte[0], false, true);

  private final byte[] bytes;
  private final boolean cut;
  private final boolean ended;

  /**
   * @param bytes not changed any more
   * @param cut whether there was more
   * @param ended whether no more can come
   */
  Printed(byte[] bytes, boolean cut, boolean ended) {
    this.bytes = bytes;
    this.cut = cut;
    this.ended = ended;
  }

  boolean cut() {
    return cut;
  }

  boolean ended() {
    return ended;
  }

  /** Empty if it is not UTF-8. */
  Optional<String> text() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** With a mark in the place of what is not UTF-8. */
  String textOfSorts() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
