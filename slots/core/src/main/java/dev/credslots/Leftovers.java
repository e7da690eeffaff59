package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.Stash;
import dev.credslots.internal.file.TempName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Temporary files that nobody will finish. */
final class Leftovers {
  /** Claude Code's {@code .tmp.<8 hex>} [reverse] and the Python peer's {@code .tmp<pid>}. */
  private static final Pattern OF_OTHERS = Pattern.compile(".*\\.tmp(\\.[0-9a-f]{8}|\\d+)");

  private final Layout layout;

  Leftovers(Layout layout) {
    this.layout = layout;
  }

  /** Our own, wherever we write. Whoever holds the lock knows that nobody is using them. */
  List<Path> ours() throws IOException {
    List<Path> found = new ArrayList<>();
    Set<Path> places = new LinkedHashSet<>();
    places.add(layout.directory());
    places.add(layout.slot("x").getParent());
    places.add(layout.sidecar("x").getParent());
    places.addAll(List.of(layout.own(), layout.records(), layout.stash(), layout.recovery()));
    places.add(layout.holds());
    for (Path generations : list(layout.allGenerations())) {
      places.add(generations);
    }
    for (Path place : places) {
      for (Path file : list(place)) {
        if (TempName.isOurs(file.getFileName().toString())) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** Other programs', beside the slots; they may hold the only copy of a token. */
  List<Path> others() throws IOException {
    return list(layout.directory()).stream()
        .filter(file -> OF_OTHERS.matcher(file.getFileName().toString()).matches())
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /**
   * Removes our own. One that holds a login may be what came out of an exchange, and its only copy:
   * that one goes to the stash first, unless a slot, a generation or the live path has its bytes.
   *
   * @return what was stashed
   */
  List<Fingerprint> removeOurs(SlotDirectory directory) throws IOException {
    List<Fingerprint> stashed = new ArrayList<>();
    for (Path file : ours()) {
      Optional<byte[]> login = login(file, directory);
      if (login.isPresent() && !kept(login.get(), directory)) {
        stashed.add(new Stash(layout).keep(login.get()));
      }
      Files.deleteIfExists(file);
    }
    return stashed;
  }

  private static Optional<byte[]> login(Path file, SlotDirectory directory) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    SlotReading reading = directory.reading(FileContent.of(file), Instant.EPOCH);
    return reading.credential().isPresent() ? reading.bytes() : Optional.empty();
  }

  private boolean kept(byte[] bytes, SlotDirectory directory) throws IOException {
    Fingerprint hash = Fingerprint.ofBytes(bytes);
    if (directory.readThrough().hash().equals(Optional.of(hash))) {
      return true;
    }
    Generations generations = new Generations(layout);
    for (String name : directory.names()) {
      if (directory.hash(name).equals(Optional.of(hash))) {
        return true;
      }
      for (Generations.Generation generation : generations.of(name)) {
        if (generation.bytes().equals(hash.abbreviated())) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Path> list(Path place) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(place)) {
      stream.forEach(entries::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return entries;
  }
}
