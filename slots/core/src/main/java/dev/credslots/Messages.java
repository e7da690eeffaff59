package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockBusy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sentences that more than one operation says. */
final class Messages {
  static final String LOCKED =
      "deferred: another process is changing the slots right now; try again";

  static final String TURNED_MEANWHILE =
      "deferred: the slots changed while this switch had nothing to do; try again";

  static final String LOCK_LOST =
      "deferred: a client took over its lock before the link was turned; try again";

  static final String UNMOUNT =
      "unmount it, or mount the directory instead of the file, then try again";

  private Messages() {}

  static String clientBusy(@Nullable LockBusy busy) {
    if (busy == null) {
      return LOCKED;
    }
    String remedy =
        busy.freeIn().isPresent()
            ? "; try again"
            : "; if no client is running, remove it by hand and try again";
    return "deferred: " + busy.path() + " is " + busy.reason().text() + remedy;
  }

  /** Names the inference and its undoing. */
  static String inferred(String slot) {
    return "the login is taken as slot "
        + slot
        + "'s only because that slot was chosen last; if that is wrong: slots restore "
        + slot;
  }

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

  static String mayNotExist(String slot) {
    return SlotNames.looksLikeCopy(slot)
        ? "slot name " + slot + " looks like a copy made by hand; choose another"
        : "slot " + slot + " is not among the configured slots; add it there first";
  }

  static String loginInStash(String slot, Fingerprint entry) {
    String hash = entry.abbreviated();
    return "the new login is in the stash as "
        + hash
        + "; slots stash claim "
        + slot
        + " --entry "
        + hash
        + " takes it";
  }

  static String writableByOthers(Layout layout) {
    return layout.directory()
        + " is writable by other users, who could swap a credential; run: chmod go-w "
        + layout.directory();
  }

  static String unanswered(String slot, Instant since) {
    return "the renewal of "
        + slot
        + " begun "
        + since
        + " was cut short before an answer came: its login may be used up; slots auth refresh "
        + slot
        + " finds out, and if it is refused, log in again";
  }

  static String renewedToStash(String slot, String reason, Fingerprint entry) {
    return "the new login of "
        + slot
        + " is in the stash as "
        + entry.abbreviated()
        + ", because "
        + reason
        + "; slots stash claim "
        + slot
        + " takes it";
  }

  static String beingChanged(String slot) {
    return "deferred: slot " + slot + " is being changed by another program; try again";
  }

  static String beingRenewed(String slot) {
    return "deferred: another process is renewing the login of slot " + slot + "; try again";
  }
}
