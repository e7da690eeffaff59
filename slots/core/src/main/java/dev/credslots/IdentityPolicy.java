package dev.credslots;

/** What a switch does with the client's identity file. */
public enum IdentityPolicy {
  /** Puts the target's account into it, so that a status line shows the right person. */
  FOLLOW,
  /** Never writes it. */
  LEAVE
}
