package dev.credslots.acceptance;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * How the built program is started: {@code java} with flags for many short runs, its jars, and a
 * class-data archive that the first test of a build makes for all of them. Unlike the launcher's,
 * it holds the HTTP client, too, which every renewal and every login here starts.
 *
 * @param java the words up to the program's own
 * @param archive those of them that make a start quick
 */
record BuiltProgram(List<String> java, List<String> archive) {
  private static final Path ROOT = Path.of(System.getProperty("slots.root"));
  private static final Path ARCHIVES = ROOT.resolve("src/acceptance/target/archives");
  private static final String MAIN = "dev.credslots.cli.Main";

  /** Newer JDKs number the classes of a run, and refuse a list that has a number twice. */
  private static final Pattern ID = Pattern.compile(" id: \\d+$");

  /** From this JDK on, loading a native library prints a warning unless a flag allows it. */
  private static final int NATIVE_ACCESS_WARNS = 24;

  /** What {@code cli/target/runtime} holds. */
  static BuiltProgram ready() throws IOException, InterruptedException {
    Path runtime = ROOT.resolve("cli/target/runtime");
    List<Path> jars;
    try (Stream<Path> files = Files.list(runtime)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    if (jars.isEmpty()) {
      throw new IOException("no jars in " + runtime + ": build the program first");
    }
    String classPath =
        jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    Path made = ARCHIVES.resolve(key(jars));
    makeOnce(made, classPath);
    Path archive = made.resolve("slots.jsa");
    List<String> flags = new ArrayList<>(List.of("-Djffi.boot.library.path=" + made));
    if (Files.exists(archive)) {
      flags.add("-XX:SharedArchiveFile=" + archive);
    } // else slower, but right
    return new BuiltProgram(java(flags, classPath), flags);
  }

  /** The JVM takes no archive of other jars; here each has its own. */
  private static String key(List<Path> jars) throws IOException {
    StringBuilder all = new StringBuilder(System.getProperty("java.home"));
    all.append(Runtime.version());
    for (Path jar : jars) {
      all.append(jar).append(Files.size(jar)).append(Files.getLastModifiedTime(jar));
    }
    return DigestUtils.sha256Hex(all.toString());
  }

  /** By one JVM of those that run tests; the others wait, and find it there. */
  private static synchronized void makeOnce(Path made, String classPath)
      throws IOException, InterruptedException {
    Files.createDirectories(ARCHIVES);
    try (FileChannel channel =
        FileChannel.open(
            ARCHIVES.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      if (!Files.exists(made)) {
        Path making = Files.createTempDirectory(ARCHIVES, "making");
        train(making, classPath);
        Files.move(making, made, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** Lists what the launcher's training and a renewal load, and archives that. */
  private static void train(Path making, String classPath)
      throws IOException, InterruptedException {
    FakeLogin bob = FakeLogin.of("bob");
    Path directory = CredentialsDirectory.create(making.resolve("claude")).slot("bob", bob).path();
    Set<String> classes = new LinkedHashSet<>();
    try (OAuthServer server = OAuthServer.start().knows(bob)) {
      for (List<String> words :
          List.of(
              List.of("__train"),
              List.of("auth", "refresh", "bob", "--dir", directory.toString()))) {
        Path loaded = making.resolve("loaded");
        List<String> flags =
            List.of(
                "-XX:DumpLoadedClassList=" + loaded,
                // The first run unpacks the native library, for all others.
                "-Djffi.boot.library.path=" + making,
                "-Djffi.extract.dir=" + making,
                "-Djffi.extract.name=libjffi-1.2");
        List<String> command = java(flags, classPath);
        command.addAll(words);
        String failed = run(making, server, command);
        if (!failed.isEmpty()) {
          throw new IOException(failed);
        }
        for (String line : Files.readAllLines(loaded)) {
          classes.add(ID.matcher(line).replaceFirst(""));
        }
      }
      Path list = Files.write(making.resolve("classes"), classes);
      List<String> flags =
          List.of(
              "-Xshare:dump",
              "-XX:SharedClassListFile=" + list,
              "-XX:SharedArchiveFile=" + making.resolve("slots.jsa"));
      run(making, server, java(flags, classPath)); // a JVM that can't leaves none
    }
  }

  /** Why it failed; empty if it did not. */
  private static String run(Path making, OAuthServer server, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(making.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("HOME", making.toString());
    builder.environment().put("XDG_RUNTIME_DIR", making.toString());
    builder.environment().put("CLAUDE_OAUTH_TOKEN_URL", server.tokenUrl().toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : command + " said " + said;
  }

  private static List<String> java(List<String> flags, String classPath) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Warnings about an archive go to stdout otherwise, into what a test reads.
    command.add("-Xlog:disable");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.add("-XX:CompileThresholdScaling=10"); // Most end before anything compiled has paid.
    command.add("-XX:-MaxFDLimit"); // As the launcher does: it is for a program in our place.
    if (Runtime.version().feature() >= NATIVE_ACCESS_WARNS) {
      command.add("--enable-native-access=ALL-UNNAMED"); // As the launcher does.
    } else {
      command.add("-Xlog:all=error:stderr"); // Newer ones call it an error of the JDK's archive.
    }
    command.add("-Xshare:auto");
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, MAIN));
    return command;
  }
}
