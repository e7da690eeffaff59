package dev.credslots;

/**
 * A document that another module keeps in the manager's own directory. The core moves its bytes,
 * under its lock and durably, and does not read them.
 */
public enum StateDocument {
  /** Order, cooldowns and disabled slots: {@code .slots/rotation.json}. */
  ROTATION("rotation.json"),
  /** Which session is pinned to which slot: {@code .slots/sessions.json}. */
  SESSIONS("sessions.json");

  private final String fileName;

  StateDocument(String fileName) {
    this.fileName = fileName;
  }

  /** Its name in {@code .slots/}. */
  public String fileName() {
    return fileName;
  }
}
