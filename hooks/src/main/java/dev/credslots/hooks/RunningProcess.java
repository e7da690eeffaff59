package dev.credslots.hooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process as Linux's {@code /proc} tells of it. What is asked for is read then. */
final class RunningProcess {
  private final Path directory;
  private final long pid;

  /**
   * @param proc {@code /proc}, or what a test has made to look like it
   */
  RunningProcess(Path proc, long pid) {
    this.directory = proc.resolve(String.valueOf(pid));
    this.pid = pid;
  }

  /**
   * All of them.
   *
   * @param proc {@code /proc}, or what a test has made to look like it
   * @throws IOException if they cannot be listed
   */
  static List<RunningProcess> all(Path proc) throws IOException {
    List<RunningProcess> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        all.add(new RunningProcess(proc, Long.parseLong(entry.getFileName().toString())));
      }
    }
    return all;
  }

  long pid() {
    return pid;
  }

  /** What the kernel calls it; empty once it is gone. */
  String title() {
    return text("comm").strip();
  }

  /** Its command line; empty once it is gone, and of the kernel's own. */
  List<String> words() {
    String text = text("cmdline");
    return text.isEmpty() ? List.of() : List.of(text.split("\0", -1));
  }

  /**
   * Its variables, as it was started with.
   *
   * @return empty if they are not for us to see
   * @throws IOException if it is gone
   */
  Optional<Map<String, String>> environment() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(directory.resolve("environ"));
    } catch (AccessDeniedException e) {
      return Optional.empty();
    }
    Map<String, String> environment = new HashMap<>();
    for (String variable : new String(bytes, StandardCharsets.UTF_8).split("\0", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return Optional.of(environment);
  }

  /** Where it works, in its own view of the files; the root if nobody can tell. */
  Path workingDirectory() {
    try {
      return Files.readSymbolicLink(directory.resolve("cwd"));
    } catch (IOException | UnsupportedOperationException e) {
      return Path.of("/");
    }
  }

  /** A path as it sees it, as we see it: it may be in a container. */
  Path seen(Path absolute) {
    Path inside = directory.resolve("root").resolve(Path.of("/").relativize(absolute));
    return Files.exists(inside) ? inside : absolute;
  }

  /**
   * Whether it ended and only its parent has not asked yet how: it keeps its id and its name, for
   * ever where nobody ever asks, as in a container whose first process is no init.
   */
  boolean hasEnded() {
    String state = word("State");
    // One whose first thread alone has ended looks the same, and runs.
    return (state.equals("Z") || state.equals("X")) && status("Threads") <= 1;
  }

  /** A number from its status, such as its parent's; -1 if it is gone. */
  long status(String field) {
    String word = word(field);
    return word.isEmpty() ? -1 : Long.parseLong(word);
  }

  private String word(String field) {
    for (String line : text("status").split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip().split("\\s+", 2)[0];
      }
    }
    return "";
  }

  private String text(String file) {
    try {
      return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // It is gone.
    }
  }

  /** The process of that id and its ancestors. */
  static Set<Long> lineage(Path proc, long pid) {
    Set<Long> lineage = new HashSet<>();
    long next = pid;
    while (next > 0 && lineage.add(next)) {
      next = new RunningProcess(proc, next).status("PPid");
    }
    return lineage;
  }
}
