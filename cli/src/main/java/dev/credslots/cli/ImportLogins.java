package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.SlotManager;
import dev.credslots.StoreException;
import dev.credslots.Warning;
import dev.credslots.accounts.ImportFile;
import dev.credslots.accounts.Imported;
import dev.credslots.accounts.RotationBook;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.accounts.Usage;
import dev.credslots.cli.Importing.Naming;
import dev.credslots.cli.Importing.Outcome;
import dev.credslots.cli.Importing.Taken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes slots of logins, of each provider's where its client looks; their order comes along. */
final class ImportLogins {
  /** How a refusal calls what is imported. */
  private static final String IT = "it";

  private final Session session;
  private final String source;
  private final Naming naming;
  private final boolean dryRun;
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final List<Warning> warnings = new ArrayList<>();

  ImportLogins(Session session, String source, Naming naming, boolean dryRun) {
    this.session = session;
    this.source = source;
    this.naming = naming;
    this.dryRun = dryRun;
  }

  Taken take(Imported.Login login) throws TokenStoreException {
    SlotManager slots = about(login.provider()).slots();
    byte[] file = login.file().reveal().getBytes(StandardCharsets.UTF_8);
    Optional<String> there = slots.slotWith(file);
    if (there.isPresent()) {
      return Taken.present(login, there.get(), "slot " + there.get() + " has it already");
    }
    String slot = naming.name(login.name(), slots.availableSlots()::contains);
    if (dryRun) {
      Optional<String> problem = slots.addRefusal(slot, file, IT);
      return problem.isPresent()
          ? Taken.skipped(login, problem.get())
          : Taken.imported(login, slot, "would add slot " + slot);
    }
    ChangeOutcome outcome = slots.addSlot(slot, file, IT);
    warnings.addAll(outcome.warnings());
    if (outcome instanceof ChangeOutcome.Deferred) {
      return Taken.deferred(login, outcome.message());
    }
    return outcome.ok()
        ? Taken.imported(login, slot, outcome.message())
        : Taken.skipped(login, outcome.message());
  }

  /** With the slots of a provider: where this run was told to look, or where its client does. */
  private Session about(String provider) {
    Session known = sessions.get(provider);
    if (known == null) {
      known = sessionOf(provider);
      known.slots(); // There may be no directory for them.
      sessions.put(provider, known);
    }
    return known;
  }

  private Session sessionOf(String provider) {
    String own = session.setup().provider();
    if (provider.equals(own)) {
      return session;
    }
    boolean told =
        session.words().has("dir") || !session.surroundings().variable("SLOTS_DIR").isEmpty();
    if (told) {
      throw Failure.refused(
          "other-provider",
          "it is a login of " + provider + ", and the directory that was named is of " + own,
          "import it with --provider " + provider);
    }
    return session.about(provider);
  }

  /** Takes over order and cooldowns, and says what there is to know besides. */
  List<Warning> finish(ImportFile file, List<Taken> taken) {
    boolean copied = false;
    for (Map.Entry<String, Session> provider : sessions.entrySet()) {
      Map<String, String> slots = new LinkedHashMap<>();
      for (Taken one : taken) {
        boolean ours =
            one.entry() instanceof Imported.Login
                && one.entry().provider().equals(provider.getKey());
        if (ours && one.target().isPresent()) {
          slots.put(one.entry().id(), one.target().get());
          copied |= one.outcome() == Outcome.IMPORTED;
        }
      }
      if (!dryRun) {
        try {
          adopt(provider.getKey(), provider.getValue(), slots, file);
        } catch (StoreException e) {
          warnings.add(notAdopted(e.getMessage() + "; " + e.remedy()));
        }
      }
    }
    if (copied) {
      warnings.add(
          new Warning(
              "two-copies",
              source
                  + " has the same logins still: when one of two copies is renewed the other ends,"
                  + " so use them in one place only"));
    }
    return warnings;
  }

  private static Warning notAdopted(String why) {
    return new Warning("not-adopted", "order and cooldowns were not taken over: " + why);
  }

  /**
   * @param slots by the entry's id
   */
  private void adopt(String provider, Session about, Map<String, String> slots, ImportFile file) {
    List<String> order = new ArrayList<>();
    for (String id : file.order().getOrDefault(provider, List.of())) {
      String slot = slots.get(id);
      if (slot != null && !order.contains(slot)) {
        order.add(slot);
      }
    }
    Map<String, Usage> usage = new LinkedHashMap<>();
    slots.forEach(
        (id, slot) -> {
          Usage theirs = file.usage().get(id);
          if (theirs != null) {
            usage.put(slot, theirs);
          }
        });
    if (order.isEmpty() && usage.isEmpty()) {
      return;
    }
    RotationBook book = Rotations.of(about);
    List<String> before = book.read().order();
    if (!book.adopt(order, usage)) {
      warnings.add(notAdopted("another process is changing the slots; import it again"));
    } else if (before.isEmpty() && !order.isEmpty()) {
      warnings.add(
          new Warning(
              "order",
              "the order of "
                  + provider
                  + " is the file's: "
                  + String.join(", ", order)
                  + "; slots order clear forgets it"));
    } else if (!before.subList(0, Math.min(order.size(), before.size())).equals(order)) {
      warnings.add(
          new Warning("order", "the order that was set for " + provider + " stays as it is"));
    }
  }
}
