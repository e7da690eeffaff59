package dev.credslots.verdict;

import java.util.Locale;

/** What the live path is, as far as anybody can tell. */
public enum Verdict {
  /** A link to a slot, nothing changed. */
  LINKED,
  /** A link to a slot whose refresh token changed and is proven to be of the same login. */
  ROTATED,
  /** A link to a slot whose refresh token changed and is proven to be another's. */
  IDENTITY_CHANGED,
  /** A link to a slot whose refresh token changed without evidence. */
  UNVERIFIED,
  /** A link to a slot that is now wiped, expired, rejected or unreadable. */
  DAMAGED,
  /** A link to nothing. */
  BROKEN,
  /** A link elsewhere. */
  FOREIGN_LINK,
  /** A directory, FIFO, device or mount point. */
  NOT_A_FILE,
  /** Nothing. */
  ABSENT,
  /** A file with the tokens a client leaves after a failed refresh. */
  WIPED,
  /** A file with a login that is over. */
  EXPIRED,
  /** A file without a login. */
  UNREADABLE,
  /** A file with a slot's own bytes. */
  OWN_BYTES,
  /** A file with a login known to be a slot's. */
  OWN_LINEAGE,
  /** A file with a new login of an account that is a slot's. */
  SAME_ACCOUNT,
  /** A file with a login of an account that no slot has. */
  FOREIGN,
  /** A file the caller says is the slot's. */
  TOLD,
  /** A file that only the journal speaks for: the slot chosen last. */
  INFERRED,
  /** A file that nobody can place. */
  UNRESOLVED;

  /** The word in JSON, for example {@code own-bytes}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
