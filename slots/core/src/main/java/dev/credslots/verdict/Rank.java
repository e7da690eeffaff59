package dev.credslots.verdict;

import java.util.Locale;

/** Kinds of evidence, strongest first. */
public enum Rank {
  /** Bytes equal to a slot's. */
  BYTES,
  /** The refresh token's hash was seen in the slot. */
  LINEAGE,
  /** The same {@code refreshTokenExpiresAt}: set once per login. */
  MARKER,
  /** The account in the client's identity file. */
  ACCOUNT,
  /** The caller named the slot. */
  WORD,
  /** The slot last chosen, by the journal. */
  JOURNAL;

  /** The word in JSON, for example {@code lineage}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it proves something about the file rather than telling what somebody meant. */
  public boolean proves() {
    return compareTo(WORD) < 0;
  }
}
