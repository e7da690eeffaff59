package dev.credslots.cli;

import org.jspecify.annotations.Nullable;

/** Why there is no reply: a sentence, what to do, and the exit code. Never holds a secret. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exit;
  private final String code;
  private final String remedy;

  private Failure(
      ExitCode exit, String code, String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.exit = exit;
    this.code = code;
    this.remedy = remedy;
  }

  /** The command line is wrong. */
  static Failure usage(String message, String remedy) {
    return new Failure(ExitCode.USAGE, "usage", message, remedy, null);
  }

  /** A configuration file is wrong. */
  static Failure config(String message, String remedy, @Nullable Throwable cause) {
    return new Failure(ExitCode.USAGE, "config", message, remedy, cause);
  }

  static Failure refused(String code, String message, String remedy) {
    return new Failure(ExitCode.REFUSED, code, message, remedy, null);
  }

  static Failure failed(String code, String message, String remedy, @Nullable Throwable cause) {
    return new Failure(ExitCode.FAILED, code, message, remedy, cause);
  }

  ExitCode exit() {
    return exit;
  }

  /** For programs: stable, kebab-case. */
  String code() {
    return code;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }

  /** What to do, or empty. */
  String remedy() {
    return remedy;
  }
}
