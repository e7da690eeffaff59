package dev.credslots;

import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.TempName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
    places.addAll(List.of(layout.own(), layout.records(), layout.stash()));
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

  void removeOurs() throws IOException {
    for (Path file : ours()) {
      Files.deleteIfExists(file);
    }
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
