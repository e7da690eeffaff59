package dev.credslots.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A session bus of its own with, if asked for, a real {@code gnome-keyring-daemon} on it, and a
 * home and runtime directory that nobody else has. Ends with {@link #close}, as does all that it
 * started.
 */
public final class DesktopSession implements AutoCloseable {
  private static final List<String> PROGRAMS =
      List.of("dbus-run-session", "gnome-keyring-daemon", "secret-tool", "gdbus", "bash");

  /** Tells the bus's address, then stays until its standard input ends. */
  private static final String STAY = "echo \"$DBUS_SESSION_BUS_ADDRESS\"; cat >/dev/null";

  private static final String UNLOCKED_KEYRING =
      "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null; ";

  private final Process process;
  private final Map<String, String> environment;

  private DesktopSession(Process process, Map<String, String> environment) {
    this.process = process;
    this.environment = environment;
  }

  /** Programs that a session needs and that are not here; empty if it can be. */
  public static List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (String program : PROGRAMS) {
      if (!Files.isExecutable(Path.of("/usr/bin", program))) {
        missing.add(program);
      }
    }
    return missing;
  }

  /** With an unlocked keyring. */
  public static DesktopSession withKeyring(Path directory) throws IOException {
    return start(directory, "", UNLOCKED_KEYRING + STAY);
  }

  /** With a bus on which nobody keeps secrets, nor is started for it. */
  public static DesktopSession withoutKeyring(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path config = directory.resolve("bus.conf");
    Files.writeString(
        config,
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
            + "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
            + "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>");
    return start(directory, config.toString(), STAY);
  }

  private static DesktopSession start(Path directory, String config, String script)
      throws IOException {
    Path home = Files.createDirectories(directory.resolve("home"));
    Path runtime = Files.createDirectories(directory.resolve("runtime"));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>();
    command.add("dbus-run-session");
    if (!config.isEmpty()) {
      command.add("--config-file=" + config);
    }
    command.addAll(List.of("--", "bash", "-c", script));
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home.toString());
    environment.put("XDG_RUNTIME_DIR", runtime.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    String address =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (address == null || address.isEmpty()) {
      process.destroyForcibly();
      throw new IOException("no session bus: " + command);
    }
    environment.put("DBUS_SESSION_BUS_ADDRESS", address);
    return new DesktopSession(process, Map.copyOf(environment));
  }

  /** The way to the bus, the home directory and the runtime directory. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Locks the keyring, as a screen saver does. */
  public void lock() throws IOException, InterruptedException {
    // Not secret-tool lock, which crashes in 0.20.
    call(
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.Lock",
        "['/org/freedesktop/secrets/collection/login']");
  }

  /** Deletes the keyring: the service is there, with nothing that it could put a secret into. */
  public void deleteKeyring() throws IOException, InterruptedException {
    call("/org/freedesktop/secrets/collection/login", "org.freedesktop.Secret.Collection.Delete");
  }

  /** Stores a secret as another program may, with these attributes. */
  public void store(String secret, String... attributes) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("secret-tool", "store", "--label=other"));
    command.addAll(List.of(attributes));
    run(command, secret);
  }

  /** The secret with these attributes, as another program finds it; empty if there is none. */
  public String look(String... attributes) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("secret-tool", "lookup"));
    command.addAll(List.of(attributes));
    return run(command, "");
  }

  private void call(String object, String method, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gdbus",
                "call",
                "--session",
                "--dest=org.freedesktop.secrets",
                "--object-path=" + object,
                "--method=" + method));
    command.addAll(List.of(arguments));
    run(command, "");
  }

  private String run(List<String> command, String input) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process program = builder.start();
    try (var stdin = program.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    program.waitFor();
    return out;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
