package dev.credslots;

/** Whether a renewal has begun. */
public sealed interface RefreshStart {

  /** It has: ask the server, then commit, and close in any case. */
  record Begun(RefreshTransaction transaction) implements RefreshStart {}

  /** It has not; nothing is to be asked. */
  record Ended(RefreshOutcome outcome) implements RefreshStart {}
}
