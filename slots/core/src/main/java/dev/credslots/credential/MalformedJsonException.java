package dev.credslots.credential;

/**
 * A file is not one JSON object in UTF-8, or not of the shape that a change of it needs. Nothing
 * was changed. The message is the rest of a sentence, {@code not JSON (line 3, column 9)}, and
 * holds no byte of the file; there is no cause, as Jackson's messages quote what they choke on.
 */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String reason) {
    super(reason);
  }
}
