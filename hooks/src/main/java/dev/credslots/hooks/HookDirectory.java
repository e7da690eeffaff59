package dev.credslots.hooks;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The executables of one event. Reads the directory anew at each call. */
final class HookDirectory {
  /** What editors and package managers leave beside a file, and what a person has set aside. */
  private static final List<String> SET_ASIDE =
      List.of(
          "~",
          ".bak",
          ".orig",
          ".rej",
          ".swp",
          ".tmp",
          ".sample",
          ".disabled",
          ".rpmsave",
          ".rpmnew",
          ".rpmorig");

  private final Path root;
  private final HookEvent event;
  private final Path directory;

  HookDirectory(Path root, HookEvent event) {
    this.root = root;
    this.event = event;
    this.directory = root.resolve(event.directory());
  }

  /**
   * What may be run of a file.
   *
   * @param real the file with every link followed: what was looked at is what is run
   * @param problem why it may not be
   */
  record Inspected(Path real, Optional<String> problem) {}

  /** In the order of their names' bytes. Directories and what {@link #isSetAside} are left out. */
  List<Hook> hooks() {
    try {
      if (!isThere()) {
        return List.of();
      }
      Path realRoot = root.toRealPath();
      if (!Files.isDirectory(realRoot)) {
        return distrusted(root + " is no directory");
      }
      Path real = directory.toRealPath();
      Optional<String> problem = HookTrust.problem(realRoot);
      if (problem.isEmpty()) {
        problem = HookTrust.problem(real);
      }
      if (problem.isEmpty() && !Files.isDirectory(real)) {
        problem = Optional.of("it is no directory");
      }
      return problem.isPresent() ? distrusted(problem.get()) : list();
    } catch (NoSuchFileException e) {
      return distrusted("it leads nowhere; remove it");
    } catch (IOException | DirectoryIteratorException e) {
      return distrusted("it cannot be read; make it readable for you");
    }
  }

  private boolean isThere() throws IOException {
    try {
      Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (IOException e) {
      if (!Files.isDirectory(root)) {
        // Behind a link that leads nowhere (a file system that is not mounted, say) there may be
        // guards, so nobody knows that nobody is busy.
        return event.asks() && Files.exists(root, LinkOption.NOFOLLOW_LINKS);
      }
      if (e instanceof NoSuchFileException) {
        return false;
      }
      throw e;
    }
  }

  private List<Hook> distrusted(String problem) {
    return List.of(new Hook(event, event.directory(), directory, Optional.of(problem)));
  }

  private List<Hook> list() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!isSetAside(name(entry)) && !Files.isDirectory(entry)) {
          files.add(entry);
        }
      }
    }
    files.sort(null); // A Unix path compares by its bytes.
    List<Hook> hooks = new ArrayList<>();
    for (Path file : files) {
      hooks.add(new Hook(event, name(file), file, inspect(file).problem()));
    }
    return hooks;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Whether a file's name says that it is not to be run. */
  static boolean isSetAside(String name) {
    if (name.startsWith(".") || name.startsWith("README") || name.contains(".dpkg-")) {
      return true;
    }
    for (String ending : SET_ASIDE) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Looks at a file that is about to be run. Between this look and the run only the user can put
   * another file there: nobody else may write to the directory (which is checked for a link's
   * target, too). A link is followed here and not again, so it cannot be turned in between.
   */
  static Inspected inspect(Path file) {
    Path real;
    try {
      real = file.toRealPath();
    } catch (IOException e) {
      return new Inspected(file, Optional.of("it leads nowhere; remove it"));
    }
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      return new Inspected(real, Optional.of("it is no regular file"));
    }
    Path parent = real.getParent();
    Optional<String> problem = HookTrust.problem(real);
    if (problem.isEmpty() && parent != null) {
      problem = HookTrust.problem(parent);
    }
    if (problem.isEmpty() && !Files.isExecutable(real)) {
      problem =
          Optional.of(
              "it is not executable; run: chmod u+x "
                  + real
                  + ", or name it "
                  + name(file)
                  + ".sample");
    }
    return new Inspected(real, problem);
  }
}
