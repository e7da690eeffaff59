package dev.credslots;

/** Whether a place for a new login is ready. */
public sealed interface LoginStart {

  /** It is: ask the server, then commit, and close in any case. */
  record Begun(LoginTransaction transaction) implements LoginStart {}

  /** It is not; nothing is to be asked. */
  record Ended(LoginOutcome outcome) implements LoginStart {}
}
