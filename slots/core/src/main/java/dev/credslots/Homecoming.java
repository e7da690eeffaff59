package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.Stash;
import dev.credslots.verdict.Plan;
import java.io.IOException;
import java.util.Optional;

/**
 * Brings a detached live file's bytes to where they are kept, before anything replaces the file.
 * Under the lock, with the intent on record. Each step is durable before the next.
 */
final class Homecoming {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Stash stash;
  private final SlotFiles files;

  Homecoming(Settings settings, SlotDirectory directory, Captures captures) {
    Layout layout = settings.layout();
    this.settings = settings;
    this.directory = directory;
    this.captures = captures;
    this.stash = new Stash(layout);
    this.files = new SlotFiles(layout);
  }

  /**
   * Carries out the part of {@code plan} that stores bytes.
   *
   * @return the slot whose file was written
   */
  Optional<String> bring(Plan plan, SlotReading live, Notices notices) throws IOException {
    if (plan instanceof Plan.Absorb absorb && obstacle(plan).isEmpty()) {
      absorb(absorb.slot(), live);
      return Optional.of(absorb.slot());
    }
    if (plan instanceof Plan.KeepAsGeneration keep) {
      captures.keepLoser(keep.slot(), live.bytes().orElseThrow(), live.credential());
      return Optional.empty();
    }
    if (plan instanceof Plan.Relink) {
      return Optional.empty();
    }
    stash(live, notices);
    return Optional.empty();
  }

  /** What is in the place of the slot to be written and cannot be kept before. */
  Optional<String> obstacle(Plan plan) {
    return plan instanceof Plan.Absorb absorb
            && directory.read(absorb.slot()).content() instanceof FileContent.Refused refused
        ? Optional.of("slot " + absorb.slot() + " is " + refused.reason())
        : Optional.empty();
  }

  private void absorb(String slot, SlotReading live) throws IOException {
    SlotReading before = directory.read(slot);
    Optional<byte[]> old = before.bytes();
    if (old.isPresent()) {
      captures.keepLoser(slot, old.get(), before.credential());
    }
    files.write(slot, live.bytes().orElseThrow());
    Optional<Fingerprint> token = live.token();
    if (token.isPresent()) {
      captures.capture(slot, token.get());
    }
    captures.evict(slot, token);
  }

  /** Puts a copy of the live file aside. */
  Fingerprint stash(SlotReading live, Notices notices) throws IOException {
    Fingerprint kept =
        live.content() instanceof FileContent.Bytes content
            ? stash.keep(content.bytes())
            : stash.keepFile(settings.layout().live());
    String reason = "the live file belonged to no slot";
    notices.event(new SlotEvent.Stashed(settings.clock().instant(), kept.sha256(), reason));
    notices.warn(
        "stashed",
        "the live file could not be placed in a slot; a copy is kept in "
            + stash.path(kept)
            + "; if it is a login you know: slots add NAME --from that file");
    return kept;
  }
}
