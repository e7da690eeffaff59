package dev.credslots;

import dev.credslots.credential.MalformedJsonException;
import dev.credslots.credential.SharedKeys;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Journal;
import dev.credslots.verdict.Facts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Gives a slot's login away, on the operator's word. Reads only. */
final class Exporting {
  private final Settings settings;
  private final SlotDirectory directory;

  Exporting(Settings settings, SlotDirectory directory) {
    this.settings = settings;
    this.directory = directory;
  }

  private interface Writing {
    /** False if something is there already. */
    boolean write(byte[] login) throws IOException;
  }

  ChangeOutcome export(String slot, OutputStream out) {
    return export(
        slot,
        "the output",
        login -> {
          out.write(login);
          out.flush();
          return true;
        });
  }

  ChangeOutcome export(String slot, Path file) {
    return export(slot, file.toString(), login -> AtomicFile.create(file.toAbsolutePath(), login));
  }

  private ChangeOutcome export(String slot, String where, Writing writing) {
    if (SlotNames.problem(slot).isPresent() || !directory.names().contains(slot)) {
      return refused(slot, Messages.unknownSlot(slot, directory.names(), settings.layout()));
    }
    SlotReading reading = directory.read(slot);
    if (reading.credential().isEmpty()) {
      String problem = reading.problem().isEmpty() ? reading.state().word() : reading.problem();
      return refused(slot, "there is no login in slot " + slot + ": it is " + problem);
    }
    try {
      boolean behind =
          directory.readLive().kind() == Facts.Kind.FILE
              && Journal.peek(settings.layout()).chosen().equals(Optional.of(slot));
      if (behind) {
        return refused(
            slot,
            "a client wrote a later login over the live link, and the slot's may be used up; slots"
                + " heal brings it home first");
      }
      byte[] login = login(reading.bytes().orElseThrow());
      return writing.write(login)
          ? new ChangeOutcome.Done(
              slot, "exported the login of slot " + slot + " to " + where, List.of())
          : refused(slot, where + " exists already; choose another name");
    } catch (IOException e) {
      throw Failures.failed("writing to " + where, e);
    }
  }

  private byte[] login(byte[] file) throws IOException {
    try {
      return new SharedKeys(settings.format().sharedKeys(file)).removedFrom(file);
    } catch (MalformedJsonException e) {
      throw new IOException("the slot's file is not one JSON object", e);
    }
  }

  private static ChangeOutcome refused(String slot, String message) {
    return new ChangeOutcome.Refused(slot, Optional.empty(), message, List.of());
  }
}
