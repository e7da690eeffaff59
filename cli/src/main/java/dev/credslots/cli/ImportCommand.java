package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.ImportFile;
import dev.credslots.accounts.ImportKind;
import dev.credslots.accounts.Imported;
import dev.credslots.credential.CredentialFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots import}: what other programs keep becomes slots, tokens and profiles. */
final class ImportCommand implements Command.Handler {
  private static final String STANDARD_INPUT = "-";

  @Override
  public Command.Request parse(Words words) {
    Optional<String> word = words.value("as");
    Optional<ImportKind> as = word.flatMap(ImportKind::of);
    if (word.isPresent() && as.isEmpty()) {
      throw Failure.usage(
          "--as cannot be " + Plain.quoted(word.get()) + Nearest.hint(word.get(), kinds()),
          "it is " + String.join(", ", kinds()));
    }
    Stores.check(words);
    return new Ask(words.required(0), as, words.value("name"), words.has("dry-run"));
  }

  /** What {@code --as} can be. */
  static List<String> kinds() {
    List<String> words = new ArrayList<>();
    for (ImportKind kind : ImportKind.values()) {
      words.add(kind.word());
    }
    return words;
  }

  private record Ask(String file, Optional<ImportKind> as, Optional<String> name, boolean dryRun)
      implements Command.Request {
    @Override
    public Reply run(Session session) {
      boolean input = file.equals(STANDARD_INPUT);
      Path path = Setup.file(session.surroundings(), file, "FILE");
      String shown = input ? "standard input" : path.toString();
      byte[] bytes = input ? all(session.surroundings().in(), shown) : bytes(path);
      ImportFile.Reading reading = ImportFile.read(bytes, as, session.now());
      if (reading instanceof ImportFile.Reading.Unknown unknown) {
        throw Failure.refused(
            "unknown-file",
            shown + " " + unknown.reason(),
            "say what it is with --as: " + String.join(", ", kinds()));
      }
      ImportFile read = ((ImportFile.Reading.Understood) reading).file();
      if (name.isPresent() && read.entries().size() != 1) {
        throw Failure.usage(
            "--name is for a file with one entry, and this has " + read.entries().size(),
            "import it without, and rename what should be called otherwise");
      }
      Importing importing = new Importing(session, shown, name, dryRun);
      List<Importing.Taken> taken = new ArrayList<>();
      for (Imported entry : read.entries()) {
        taken.add(importing.take(entry));
      }
      return new Told(read.kind(), dryRun, taken, importing.finish(read, taken));
    }

    /** Opened for nothing but reading. */
    private static byte[] bytes(Path path) {
      if (!Files.isRegularFile(path)) {
        throw Failure.refused(
            "no-file",
            path + (Files.exists(path) ? " is not a regular file" : " does not exist"),
            "name a file that another program keeps logins in");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return all(in, path.toString());
      } catch (IOException e) {
        throw unreadable(path.toString(), e);
      }
    }

    private static byte[] all(InputStream in, String shown) {
      try {
        // Not the file stream's own: JDK 17's asks a pipe for its position.
        byte[] bytes = new BufferedInputStream(in).readNBytes(CredentialFormat.MAX_BYTES + 1);
        if (bytes.length > CredentialFormat.MAX_BYTES) {
          throw Failure.refused("too-large", shown + " is larger than 1 MiB", "");
        }
        return bytes;
      } catch (IOException e) {
        throw unreadable(shown, e);
      }
    }

    private static Failure unreadable(String shown, IOException e) {
      return Failure.failed("failed", shown + " cannot be read", "look at its permissions", e);
    }
  }

  private record Told(
      ImportKind kind, boolean dryRun, List<Importing.Taken> taken, List<Warning> warnings)
      implements Reply {
    @Override
    public ExitCode exit() {
      ExitCode exit = ExitCode.DONE;
      for (Importing.Taken one : taken) {
        if (one.outcome() == Importing.Outcome.SKIPPED) {
          return ExitCode.ATTENTION;
        }
        exit = one.outcome() == Importing.Outcome.DEFERRED ? ExitCode.DEFERRED : exit;
      }
      return exit;
    }

    @Override
    public void text(Page page) {
      for (Importing.Taken one : taken) {
        page.sentence(one.entry().id() + ": " + one.message(), 2);
      }
      if (taken.isEmpty()) {
        page.line("there is nothing in it");
      }
    }

    @Override
    public String complaint() {
      int left = 0;
      for (Importing.Taken one : taken) {
        left += one.target().isPresent() ? 0 : 1;
      }
      if (left == 0) {
        return "";
      }
      String not = dryRun ? " would not be" : left == 1 ? " was not" : " were not";
      return left + " of " + taken.size() + not + " imported";
    }

    @Override
    public void json(Json json) {
      json.text("kind", kind.word()).flag("dryRun", dryRun).list("imported");
      for (Importing.Taken one : taken) {
        json.object()
            .text("id", one.entry().id())
            .text("provider", one.entry().provider())
            .text("kind", one.entry().kind())
            .text("target", one.target())
            .text("outcome", one.outcome().word())
            .text("message", one.message())
            .endObject();
      }
      json.endList().warnings(warnings);
    }
  }
}
