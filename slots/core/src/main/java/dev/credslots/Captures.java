package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.Sidecar;
import dev.credslots.internal.file.SlotRecord;
import dev.credslots.internal.file.Stash;
import dev.credslots.verdict.Marker;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Remembers which logins are a slot's own, and keeps copies of them. Under the lock. */
final class Captures {
  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Generations generations;
  private final Stash stash;

  Captures(Settings settings, SlotDirectory directory) {
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.generations = new Generations(layout);
    this.stash = new Stash(layout);
  }

  /**
   * Takes the login as the slot's own: what is remembered first, then the fingerprint that points
   * into it.
   *
   * @param account whose login it is, where somebody has just shown that
   */
  void capture(String slot, Credential login, Optional<IdentityBlock> account) throws IOException {
    capture(slot, login, account, Order.LATER);
  }

  /** As the other, of what a server gave for the slot's own token: nothing proves more. */
  void captureSuccessor(String slot, Credential login) throws IOException {
    capture(slot, login, Optional.empty(), Order.SUCCESSOR);
  }

  /**
   * Remembers the slot's own token, for which a successor is at hand, as an ancestor: nobody may
   * ever have captured it, and what a refresh drops is looked for among ancestors only.
   */
  void captureAncestor(String slot, SlotReading reading) throws IOException {
    SlotRecord record = SlotRecord.read(layout.record(slot));
    Optional<Fingerprint> token = reading.token();
    if (token.isPresent() && !record.lineage().contains(token.get())) {
      Credential login = reading.credential().orElseThrow();
      SlotRecord longer = withCaptured(record, Sidecar.read(layout.sidecar(slot)));
      remember(slot, fork(longer, token.get(), login, Order.LATER).extendedBy(token.get()));
    }
  }

  /** As the other, of bytes on the operator's word: they may be older than what they replace. */
  void captureOnWord(String slot, Credential login) throws IOException {
    capture(slot, login, Optional.empty(), Order.UNKNOWN);
  }

  /**
   * Before a login takes the place of what {@code before} was: the slot is not on record as anybody
   * it will not be. Of another person's login nothing is an ancestor, or evidence, any more.
   *
   * @param whose the new login's; empty if nobody knows
   */
  void prepareFor(String slot, SlotReading before, Optional<AccountId> whose) throws IOException {
    Optional<AccountId> had = before.accountId();
    if (had.isEmpty() || whose.map(had.get()::sameAs).orElse(false)) {
      return;
    }
    if (whose.isPresent()) {
      Files.deleteIfExists(layout.sidecar(slot));
      AtomicFile.syncDirectory(layout.sidecar(slot));
    }
    SlotRecord record = SlotRecord.read(layout.record(slot));
    remember(slot, whose.isPresent() ? record.ofNobody() : record.withoutAccount());
  }

  /**
   * Takes a login that its server has just given as the slot's own, after {@link #prepareFor}.
   *
   * @param account whose; one that is on record stays as it was recorded
   */
  void captureLogin(String slot, Credential login, Optional<IdentityBlock> account)
      throws IOException {
    boolean onRecord = SlotRecord.read(layout.record(slot)).account().isPresent();
    capture(slot, login, onRecord ? Optional.empty() : account, Order.UNKNOWN);
    // What a server asked was about the login before.
    remember(slot, SlotRecord.read(layout.record(slot)).retryingAfter(Optional.empty()));
  }

  /** How a login relates to the one that was captured before. */
  private enum Order {
    /** It came after it, if it is the same login at all. */
    LATER,
    /** It was given for it. */
    SUCCESSOR,
    /** It may be older. */
    UNKNOWN
  }

  private void capture(String slot, Credential login, Optional<IdentityBlock> account, Order order)
      throws IOException {
    Optional<Fingerprint> token = login.fingerprint();
    if (token.isEmpty()) {
      return; // A long-lived token without a refresh token has no lineage.
    }
    Optional<Fingerprint> captured = Sidecar.read(layout.sidecar(slot));
    SlotRecord record = SlotRecord.read(layout.record(slot));
    SlotRecord longer = withCaptured(record.suspecting(Optional.empty()), captured);
    longer = fork(longer, token.get(), login, order).extendedBy(token.get());
    if (login.loginExpiresAt().isPresent()) {
      longer = longer.marked(login.loginExpiresAt().get());
    } else if (login.account().isEmpty()) {
      longer = longer.forkedAt(token.get());
    }
    Optional<IdentityBlock> owner =
        login.account().isPresent() ? login.account().flatMap(IdentityBlock::naming) : account;
    if (owner.isPresent()) {
      longer = longer.ofAccount(owner.get().raw());
    }
    if (!longer.equals(record)) {
      longer.write(layout, slot);
    }
    if (!captured.equals(token)) {
      Sidecar.write(layout.sidecar(slot), slot, token.get(), settings.clock().instant());
    }
  }

  /** What the Python peer captured is an ancestor too; it may have been the only one to see it. */
  private static SlotRecord withCaptured(SlotRecord record, Optional<Fingerprint> captured) {
    return captured.isEmpty() || record.lineage().contains(captured.get())
        ? record
        : record.extendedBy(captured.get()).forkedAt(captured.get());
  }

  /**
   * Retention lets go of the ancestors of a proven successor only: a token of the same login, or of
   * an account that the files themselves name, that comes later is one; any other may be somebody
   * else's, taken for this slot's by inference.
   */
  private static SlotRecord fork(
      SlotRecord record, Fingerprint token, Credential login, Order order) {
    Optional<Instant> loginEnd = login.loginExpiresAt();
    List<Fingerprint> lineage = record.lineage();
    if (lineage.isEmpty() || lineage.get(lineage.size() - 1).equals(token)) {
      return record;
    }
    boolean proven =
        order == Order.SUCCESSOR
            || (order == Order.LATER
                && loginEnd.isPresent()
                && sameLogin(loginEnd.get(), record.lastMarker()))
            || (order == Order.LATER && ofAccount(login, record));
    return proven ? record : record.forkedAt(lineage.get(lineage.size() - 1));
  }

  /** Changes what is remembered of a slot. */
  void remember(String slot, SlotRecord record) throws IOException {
    if (!record.equals(SlotRecord.read(layout.record(slot)))) {
      record.write(layout, slot);
    }
  }

  /**
   * Takes back what an operator undid by restoring an earlier login: tokens that came after it are
   * no evidence any more, and no ancestors either, which retention might let go of. A login that
   * ends when the restored one does, or is of the same account by what its file says, stays.
   */
  void disown(String slot, SlotReading displaced, Credential restored) throws IOException {
    Optional<Instant> end = displaced.credential().flatMap(Credential::loginExpiresAt);
    boolean sameLogin = end.isPresent() && sameLogin(end.get(), restored.loginExpiresAt());
    if (sameLogin || sameAccount(restored.account(), inFile(displaced))) {
      return;
    }
    List<Fingerprint> lineage = displaced.lineage();
    int kept = restored.fingerprint().map(lineage::lastIndexOf).orElse(-1);
    List<Fingerprint> gone = new ArrayList<>();
    if (kept >= 0) {
      gone.addAll(lineage.subList(kept + 1, lineage.size()));
    }
    displaced
        .token()
        .filter(token -> !restored.fingerprint().equals(Optional.of(token)))
        .ifPresent(gone::add);
    SlotRecord record = SlotRecord.read(layout.record(slot));
    List<Instant> ends =
        record.markers().stream().filter(marker -> sameLogin(marker, end)).toList();
    remember(slot, record.disowning(gone, ends));
  }

  private static boolean sameLogin(Instant end, Optional<Instant> other) {
    return other
        .map(one -> Duration.between(one, end).abs().compareTo(Marker.SAME_LOGIN) <= 0)
        .orElse(false);
  }

  private static boolean sameAccount(Optional<AccountId> one, Optional<AccountId> other) {
    return one.isPresent() && other.isPresent() && one.get().sameAs(other.get());
  }

  private static boolean ofAccount(Credential login, SlotRecord record) {
    return login.account().isPresent()
        && sameAccount(
            login.account(),
            record.account().flatMap(IdentityBlock::of).map(IdentityBlock::account));
  }

  private static Optional<AccountId> inFile(SlotReading reading) {
    return reading.credential().flatMap(Credential::account);
  }

  /** Marks a slot as one whose newer login may be in the stash. */
  void suspect(String slot, Fingerprint stashed) throws IOException {
    remember(slot, SlotRecord.read(layout.record(slot)).suspecting(Optional.of(stashed)));
  }

  /**
   * The bytes are in a slot now, or somebody has said that they are nobody's: no slot is suspect
   * for them any more, and the stash lets them go.
   */
  void answered(Fingerprint stashed) throws IOException {
    for (String slot : directory.names()) {
      SlotRecord record = SlotRecord.read(layout.record(slot));
      if (record.suspect().equals(Optional.of(stashed))) {
        remember(slot, record.suspecting(Optional.empty()));
      }
    }
    stash.remove(stashed);
  }

  /**
   * What a switch does for its target: capture if nothing is captured or the token is proven, else
   * keep the captured one and warn. Never fails the switch.
   */
  void afterSwitch(String slot, SlotReading reading, Notices notices) {
    if (reading.credential().isEmpty() || reading.token().isEmpty()) {
      return;
    }
    try {
      IdentityDrift identity = new Identities(directory).of(slot, reading, Optional::empty);
      switch (identity.state()) {
        case NO_BASELINE, ROTATED -> capture(slot, reading.credential().get(), Optional.empty());
        case MATCH -> {}
        case CHANGED, UNVERIFIED ->
            notices.warn(
                "identity-unverified",
                "slot "
                    + slot
                    + ": "
                    + identity.reason()
                    + "; if it is right, run: slots capture "
                    + slot);
      }
    } catch (IOException e) {
      notices.warn(
          "capture-failed",
          "the fingerprint of slot " + slot + " could not be written: " + e.getMessage());
    }
  }

  /** Keeps the slot's current bytes unless their token is kept already. */
  void keep(String slot, SlotReading reading) throws IOException {
    Optional<byte[]> bytes = reading.bytes();
    if (bytes.isPresent() && reading.credential().isPresent()) {
      generations.keepToken(slot, bytes.get(), reading.token());
    }
  }

  /** Keeps bytes that lost against the slot's, whatever their token. */
  void keepLoser(String slot, byte[] bytes, Optional<Credential> credential) throws IOException {
    generations.keepBytes(slot, bytes, credential.flatMap(Credential::fingerprint));
  }

  /** Lets go of ancestors beyond the limit. Failing to is no failure. */
  void evict(String slot, Optional<Fingerprint> current) {
    if (current.isEmpty()) {
      return;
    }
    try {
      generations.evict(
          slot, settings.generations(), SlotRecord.read(layout.record(slot)), current.get());
    } catch (IOException e) {
      // More is kept than need be: the next heal tries again.
    }
  }
}
