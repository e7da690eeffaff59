package dev.credslots.testkit;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The preloaded library that counts, kills and fails a process's file system calls below one
 * directory, and the environment that tells it what to do.
 *
 * <p>Facts used: the JDK looks some calls up with {@code dlsym} ({@code openat64}, {@code
 * futimens}), which finds preloaded ones (seen on 17 and 25); jnr-ffi opens libc by name, so that
 * the shim answers {@code dlsym} itself. What it can't see is listed in its source.
 */
public final class FaultShim {
  private static final String SOURCE = "src/testkit/src/main/c/faultshim.c";

  private final Path library;

  private FaultShim(Path library) {
    this.library = library;
  }

  /** Whether there is a gcc on {@code PATH}. */
  public static boolean isAvailable() {
    return compiler().isPresent();
  }

  /**
   * Compiles the shim into a directory.
   *
   * @throws IOException if there is no gcc, no source, or the compiler complains; nothing usable is
   *     in the directory then
   */
  public static FaultShim compile(Path outDir) throws IOException, InterruptedException {
    Path gcc =
        compiler()
            .orElseThrow(
                () ->
                    new IOException(
                        "the fault shim needs gcc, and there is none on PATH; install gcc and the"
                            + " libc headers (Debian: apt-get install gcc libc6-dev)"));
    Path source = source();
    Files.createDirectories(outDir);
    Path building = Files.createTempFile(outDir, "faultshim", ".so");
    Process process =
        new ProcessBuilder(
                gcc.toString(),
                "-shared",
                "-fPIC",
                "-O2",
                "-o",
                building.toString(),
                source.toString(),
                "-ldl",
                "-pthread")
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      Files.deleteIfExists(building);
      throw new IOException("gcc could not compile " + source + ":\n" + said);
    }
    Path library = outDir.resolve("libfaultshim.so");
    Files.move(building, library, StandardCopyOption.ATOMIC_MOVE);
    return new FaultShim(library.toAbsolutePath());
  }

  /** The compiled library. */
  public Path library() {
    return library;
  }

  /** A run in which calls below a directory count, and nothing is done to them yet. */
  public Run below(Path root) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("LD_PRELOAD", library.toString());
    environment.put("FAULT_ROOT", root.toAbsolutePath().toString());
    return new Run(environment);
  }

  /**
   * The calls in a trace, in the order they were made; of a process that was killed, those up to
   * the kill.
   */
  public static List<Call> read(Path trace) throws IOException {
    List<Call> calls = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(trace)) {
        String[] fields = line.split("\t", 5);
        calls.add(new Call(Long.parseLong(fields[0]), fields[1], fields[2], fields[3], fields[4]));
      }
    } catch (NoSuchFileException none) {
      return List.of(); // a run that made no counted call
    }
    return calls;
  }

  /**
   * One counted call.
   *
   * @param number from 1
   * @param name as in C
   * @param path below the root; of two, {@code from -> to}
   * @param detail bytes written, open mode, link target; or empty
   * @param fault what the shim did instead; empty if the call was carried out
   */
  public record Call(long number, String name, String path, String detail, String fault) {
    /** The last of the paths. */
    public String target() {
      int arrow = path.indexOf(" -> ");
      return arrow < 0 ? path : path.substring(arrow + 4);
    }

    @Override
    public String toString() {
      return (number + " " + name + " " + path + " " + detail + " " + fault).trim();
    }
  }

  /** The errors a call can be made to fail with. */
  public enum Errno {
    /** Input/output error. */
    EIO,
    /** No space left. */
    ENOSPC,
    /** Read-only file system. */
    EROFS,
    /** Too many open files. */
    EMFILE,
    /** No locks available. */
    ENOLCK
  }

  /** What the shim is to do in one process. Immutable. */
  public static final class Run {
    private final Map<String, String> environment;

    private Run(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
    }

    /** Each counted call gets a line in a file outside the root. */
    public Run trace(Path file) {
      return with("FAULT_TRACE", file.toAbsolutePath().toString());
    }

    /** SIGKILL just before call {@code number} is carried out. */
    public Run killAt(long number) {
      return with("FAULT_KILL_AT", Long.toString(number));
    }

    /** SIGKILL just after call {@code number} was carried out. */
    public Run killAfter(long number) {
      return with("FAULT_KILL_AFTER", Long.toString(number));
    }

    /** Call {@code number} fails and is not carried out. */
    public Run errorAt(long number, Errno errno) {
      return with("FAULT_ERROR_AT", Long.toString(number)).with("FAULT_ERRNO", errno.name());
    }

    /** Call {@code number}, if it writes, writes half, and then SIGKILL. */
    public Run shortWriteAt(long number) {
      return with("FAULT_SHORT_WRITE", Long.toString(number));
    }

    /** Taking an OS lock below the root counts as well. */
    public Run countLocks() {
      return with("FAULT_LOCKS", "1");
    }

    /** Acts in executables of another name than {@code java}; {@code *} for any. */
    public Run inExecutable(String name) {
      return with("FAULT_TARGET", name);
    }

    /** The variables, to be added to the process's environment and to no other's. */
    public Map<String, String> environment() {
      return environment;
    }

    private Run with(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(environment);
      more.put(name, value);
      return new Run(more);
    }
  }

  private static Optional<Path> compiler() {
    for (String directory :
        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1)) {
      Path gcc = Path.of(directory, "gcc");
      if (Files.isExecutable(gcc)) {
        return Optional.of(gcc);
      }
    }
    return Optional.empty();
  }

  /** The source is found from the project's root, wherever in the project a test is run. */
  private static Path source() throws IOException {
    List<Path> starts = new ArrayList<>();
    Optional.ofNullable(System.getProperty("slots.root")).ifPresent(at -> starts.add(Path.of(at)));
    starts.add(Path.of("").toAbsolutePath());
    try {
      Optional.ofNullable(FaultShim.class.getProtectionDomain().getCodeSource())
          .ifPresent(code -> starts.add(Path.of(URI.create(code.getLocation().toString()))));
    } catch (IllegalArgumentException notAFile) {
      // then the other places have to do
    }
    for (Path start : starts) {
      for (Path at = start; at != null; at = at.getParent()) {
        if (Files.isRegularFile(at.resolve(SOURCE))) {
          return at.resolve(SOURCE);
        }
      }
    }
    throw new IOException("no " + SOURCE + " above " + starts + "; set -Dslots.root");
  }
}
