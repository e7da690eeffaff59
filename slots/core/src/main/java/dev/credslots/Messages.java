package dev.credslots;

import dev.credslots.internal.file.Layout;
import java.util.List;

/** Sentences that more than one operation says. */
final class Messages {
  static final String LOCKED =
      "deferred: another process is changing the slots right now; try again";

  private Messages() {}

  static String unknownSlot(String name, List<String> known, Layout layout) {
    if (known.isEmpty()) {
      return "unknown slot "
          + SlotNames.quoted(name)
          + ": there are no slots in "
          + layout.directory()
          + " yet; slots add NAME makes the first";
    }
    return "unknown slot " + SlotNames.quoted(name) + "; known: " + String.join(", ", known);
  }

  static String writableByOthers(Layout layout) {
    return layout.directory()
        + " is writable by other users, who could swap a credential; run: chmod go-w "
        + layout.directory();
  }
}
