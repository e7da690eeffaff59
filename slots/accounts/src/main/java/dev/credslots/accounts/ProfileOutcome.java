package dev.credslots.accounts;

/** What became of changing a profile. Nothing here holds a secret. */
public sealed interface ProfileOutcome {
  /** The profile it was about. */
  String profile();

  /** One sentence for people; where it was not done, also what to do next. */
  String message();

  /** It is so, durably. */
  record Done(String profile, String message) implements ProfileOutcome {}

  /** It would not be right or safe; nothing was changed. */
  record Refused(String profile, String message) implements ProfileOutcome {}

  /** Somebody else is changing profiles right now; nothing was changed. */
  record Deferred(String profile, String message) implements ProfileOutcome {}
}
