package dev.credslots.oauth;

/** A slot has no access token: it does not exist, or somebody must log in. */
public final class NoTokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoTokenException(String slot) {
    super("slot " + slot + " has no access token; log in again");
  }
}
