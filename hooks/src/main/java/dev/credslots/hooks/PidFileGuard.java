package dev.credslots.hooks;

import dev.credslots.Hold;
import dev.credslots.LockGuard;
import dev.credslots.Warning;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.PatternSyntaxException;

/**
 * Busy while a process lives whose id is in one of some files.
 *
 * <p>A file whose process is gone is no hold, nor is one that is older than the process that has
 * its id now: ids are used again. A file that cannot be understood is a hold that says why, because
 * nobody knows that nobody is busy. Thread-safe; reads the files anew at each call.
 */
public final class PidFileGuard implements LockGuard {
  private static final String SOURCE = "pid-file";
  private static final String ENDING = ".pid";
  private static final int LONGEST_READ = 256;
  private static final Path PROC = Path.of("/proc");

  /** A clock set right after boot moves the start of every process; a reused id is hours off. */
  private static final Duration START_TOLERANCE = Duration.ofMinutes(1);

  private final List<String> globs;
  private final Path base;

  /**
   * @param globs paths with {@code *}, {@code ?}, {@code [a-z]} or {@code {a,b}} in any part;
   *     absolute or relative to {@code base}; {@code ~} means nothing here; as in a shell, a
   *     pattern finds a name that begins with a dot only if it begins with one itself
   * @param base an absolute directory; it need not exist
   */
  public PidFileGuard(List<String> globs, Path base) {
    this.globs = List.copyOf(globs);
    this.base = base;
  }

  @Override
  public List<Hold> holds() {
    List<Hold> holds = new ArrayList<>();
    for (String glob : globs) {
      for (Path file : files(glob, holds)) {
        Hold hold = look(file).hold().orElse(null);
        if (hold != null && !holds.contains(hold)) {
          holds.add(hold);
        }
      }
    }
    return holds;
  }

  /** A sentence for each file whose process is gone, and which is no hold for that. */
  public List<Warning> dead() {
    List<Warning> dead = new ArrayList<>();
    for (String glob : globs) {
      for (Path file : files(glob, new ArrayList<>())) {
        Warning warning = look(file).dead().orElse(null);
        if (warning != null && !dead.contains(warning)) {
          dead.add(warning);
        }
      }
    }
    return dead;
  }

  /**
   * What a file says.
   *
   * @param hold if it is one
   * @param dead if its process is gone
   */
  private record Look(Optional<Hold> hold, Optional<Warning> dead) {
    static final Look NOTHING = new Look(Optional.empty(), Optional.empty());

    static Look busy(Hold hold) {
      return new Look(Optional.of(hold), Optional.empty());
    }
  }

  /** What the glob finds, part by part; a directory that cannot be listed becomes a hold. */
  private List<Path> files(String glob, List<Hold> holds) {
    Path pattern = base.getFileSystem().getPath(glob);
    Path root = pattern.getRoot();
    List<Path> found = List.of(root == null ? base : root);
    for (Path part : pattern) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        if (isPattern(part.toString())) {
          list(directory, part.toString(), next, holds);
        } else {
          next.add(directory.resolve(part));
        }
      }
      found = next;
    }
    return found;
  }

  private static boolean isPattern(String part) {
    for (int i = 0; i < part.length(); i++) {
      if ("*?[{\\".indexOf(part.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static void list(Path directory, String part, List<Path> found, List<Hold> holds) {
    PathMatcher matcher;
    try {
      matcher = directory.getFileSystem().getPathMatcher("glob:" + part);
    } catch (PatternSyntaxException e) {
      // Whoever wrote it meant somebody to be busy.
      holds.add(unclear(directory.resolve(part), "this is no pattern", Optional.empty()));
      return;
    }
    List<Path> matching = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        Path name = entry.getFileName();
        boolean hidden = name.toString().startsWith(".") && !part.startsWith(".");
        if (!hidden && matcher.matches(name)) {
          matching.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // No directory, no pid files.
    } catch (IOException | DirectoryIteratorException e) {
      holds.add(unclear(directory, "the directory cannot be listed", Optional.empty()));
      return;
    }
    matching.sort(null);
    found.addAll(matching);
  }

  private static Look look(Path file) {
    Optional<Instant> since = Optional.empty();
    String content;
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      since = Optional.of(attributes.lastModifiedTime().toInstant());
      if (!attributes.isRegularFile()) {
        // Opening a FIFO would wait for its writer.
        return Look.busy(unclear(file, "not a regular file", since));
      }
      try (InputStream in = Files.newInputStream(file)) {
        content = new String(in.readNBytes(LONGEST_READ), StandardCharsets.ISO_8859_1);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Look.NOTHING;
    } catch (IOException e) {
      return Look.busy(unclear(file, "the pid file cannot be read", since));
    }
    long pid = pid(content);
    if (pid <= 0) {
      return Look.busy(unclear(file, "no process id in the pid file", since));
    }
    return alive(pid, since.get())
        ? Look.busy(new Hold(name(file), OptionalLong.of(pid), since, SOURCE))
        : new Look(Optional.empty(), Optional.of(dead(file, pid)));
  }

  private static Warning dead(Path file, long pid) {
    return new Warning(
        "dead-pid-file", file + " is no hold: the process " + pid + " that wrote it is gone");
  }

  /** The number in the first line, or -1. Some programs write more lines. */
  private static long pid(String content) {
    int end = content.indexOf('\n');
    String line = (end < 0 ? content : content.substring(0, end)).strip();
    if (line.isEmpty() || line.length() > 18) {
      return -1;
    }
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) < '0' || line.charAt(i) > '9') {
        return -1;
      }
    }
    return Long.parseLong(line);
  }

  private static boolean alive(long pid, Instant written) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive() || new RunningProcess(PROC, pid).hasEnded()) {
      return false;
    }
    Optional<Instant> started = process.get().info().startInstant();
    return started.isEmpty() || !started.get().isAfter(written.plus(START_TOLERANCE));
  }

  private static Hold unclear(Path file, String why, Optional<Instant> since) {
    return new Hold(name(file) + " (" + why + ")", OptionalLong.empty(), since, SOURCE);
  }

  private static String name(Path file) {
    Path last = file.getFileName();
    String name = last == null ? file.toString() : last.toString();
    return name.endsWith(ENDING) && name.length() > ENDING.length()
        ? name.substring(0, name.length() - ENDING.length())
        : name;
  }
}
