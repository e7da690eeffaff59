package dev.credslots.cli;

import dev.credslots.StoreException;
import dev.credslots.Warning;
import dev.credslots.accounts.ImportFile;
import dev.credslots.accounts.Imported;
import dev.credslots.accounts.TokenStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes over one file's entries, each for itself: what is in the way of one stops no other. */
final class Importing {
  private final Session session;
  private final Naming naming;
  private final boolean dryRun;
  private final ImportLogins logins;
  private @Nullable Stores stores;
  private @Nullable ImportProfiles profiles;

  /**
   * @param source for people
   * @param name instead of the entry's own
   */
  Importing(Session session, String source, Optional<String> name, boolean dryRun) {
    this.session = session;
    this.naming = new Naming(name);
    this.dryRun = dryRun;
    this.logins = new ImportLogins(session, source, naming, dryRun);
  }

  /** What became of an entry. */
  enum Outcome {
    IMPORTED,
    /** It was there already. */
    PRESENT,
    SKIPPED,
    DEFERRED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An entry and what became of it.
   *
   * @param target the slot, agent or profile that has it now
   */
  record Taken(Imported entry, Outcome outcome, Optional<String> target, String message) {
    static Taken imported(Imported entry, String target, String message) {
      return new Taken(entry, Outcome.IMPORTED, Optional.of(target), message);
    }

    static Taken present(Imported entry, String target, String message) {
      return new Taken(entry, Outcome.PRESENT, Optional.of(target), message);
    }

    static Taken skipped(Imported entry, String why) {
      return new Taken(entry, Outcome.SKIPPED, Optional.empty(), "skipped: " + why);
    }

    static Taken deferred(Imported entry, String message) {
      return new Taken(entry, Outcome.DEFERRED, Optional.empty(), message);
    }
  }

  /**
   * What an entry is called here: as somebody said, else as the file says, with a number if another
   * one is called that.
   */
  record Naming(Optional<String> told) {
    /** So many names are tried. */
    private static final int MOST = 99;

    /** Whether a name is somebody else's. */
    interface Claimed {
      boolean by(String name) throws TokenStoreException;
    }

    String name(String own, Claimed claimed) throws TokenStoreException {
      String name = told.orElse(own);
      for (int i = 2; i <= MOST && told.isEmpty() && claimed.by(name); i++) {
        name = own + "-" + i;
      }
      return name;
    }
  }

  /** Takes one entry over, or says why not. */
  Taken take(Imported entry) {
    try {
      if (entry instanceof Imported.Login login) {
        return logins.take(login);
      }
      if (entry instanceof Imported.Token token) {
        return new ImportTokens(session, stores(), naming, dryRun).take(token);
      }
      if (entry instanceof Imported.ApiKey key) {
        return profiles().take(key);
      }
      return entry instanceof Imported.Directory directory
          ? profiles().take(directory)
          : Taken.skipped(entry, "it " + ((Imported.Broken) entry).reason());
    } catch (TokenStoreException e) {
      return skipped(entry, Stores.failure(e));
    } catch (Failure e) {
      return skipped(entry, e);
    } catch (StoreException e) {
      return Taken.skipped(entry, e.getMessage() + "; " + e.remedy());
    }
  }

  private static Taken skipped(Imported entry, Failure failure) {
    String remedy = failure.remedy().isEmpty() ? "" : "; " + failure.remedy();
    return Taken.skipped(entry, failure.sentence() + remedy);
  }

  private Stores stores() {
    Stores made = stores;
    if (made == null) {
      made = new Stores(session);
      stores = made;
    }
    return made;
  }

  private ImportProfiles profiles() {
    ImportProfiles made = profiles;
    if (made == null) {
      made = new ImportProfiles(session, naming, dryRun);
      profiles = made;
    }
    return made;
  }

  /**
   * Takes over what the file says of all its entries.
   *
   * @return what people should hear of besides
   */
  List<Warning> finish(ImportFile file, List<Taken> taken) {
    List<Warning> warnings = new ArrayList<>(logins.finish(file, taken));
    if (profiles != null) {
      warnings.addAll(profiles.finish(file, taken));
    }
    if (stores != null) {
      warnings.addAll(stores.warnings());
    }
    return warnings;
  }
}
