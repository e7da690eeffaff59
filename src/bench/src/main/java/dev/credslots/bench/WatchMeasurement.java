package dev.credslots.bench;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What {@code slots watch}, started by the launcher, does beside a client: how long from a rename
 * over the link to the healed link, and what it costs to have it running. {@code src/bench/watch}
 * builds and starts it.
 *
 * <p>{@code latency COUNT}; {@code load MINUTES SLOTS}. {@code SLOTS_JAVA_HOME} chooses the Java of
 * the watcher; this program's own is the one it was started with.
 */
public final class WatchMeasurement {
  private static final int REFRESHES_PER_SECOND = 2;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final long TICKS_PER_SECOND = 100; // What /proc/PID/stat counts in, on Linux.

  private final CredentialsDirectory directory;
  private final Path home;
  private FakeLogin login = FakeLogin.of("bob");

  private WatchMeasurement(Path scratch, int slots) throws IOException {
    this.home = Files.createDirectories(scratch.resolve("home"));
    this.directory =
        CredentialsDirectory.create(scratch.resolve("claude"))
            .slot("bob", login)
            .slot("alice", FakeLogin.of("alice"))
            .link("bob");
    for (int i = 2; i < slots; i++) {
      directory.slot("parked" + i, FakeLogin.of("parked" + i));
    }
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("slots-watch-bench");
    try {
      if (args[0].equals("latency")) {
        new WatchMeasurement(scratch, 3).latency(Integer.parseInt(args[1]));
      } else {
        new WatchMeasurement(scratch, Integer.parseInt(args[2])).load(Integer.parseInt(args[1]));
      }
    } finally {
      try (Stream<Path> files = Files.walk(scratch)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Process watch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("cli/slots", "watch", "--json", "--dir", directory.path().toString());
    builder.environment().put("HOME", home.toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    if (!String.valueOf(out.readLine()).contains("started")) {
      throw new IOException("it has not started");
    }
    Thread drain =
        new Thread(
            () -> {
              try {
                while (out.readLine() != null) {}
              } catch (IOException e) {
                // Closed at the end.
              }
            });
    drain.setDaemon(true);
    drain.start();
    return process;
  }

  /** A refresh: the instant of its rename. */
  private long rename() throws IOException {
    login = login.rotate();
    Path temp = directory.path().resolve(".credentials.json.tmp.0badcafe");
    Files.write(temp, login.credentialJson());
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rw-------"));
    long before = System.nanoTime();
    Files.move(
        temp,
        directory.livePath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return before;
  }

  private void latency(int count) throws Exception {
    Process process = watch();
    long[] noticed = new long[count];
    long[] healed = new long[count];
    BlockingQueue<Long> events = new LinkedBlockingQueue<>();
    try (WatchService service = directory.path().getFileSystem().newWatchService()) {
      directory.path().register(service, StandardWatchEventKinds.ENTRY_CREATE);
      Thread bare = new Thread(() -> notice(service, events), "bare loop");
      bare.setDaemon(true);
      bare.start();
      for (int i = -20; i < count; i++) {
        long before = rename();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.isSymbolicLink(directory.livePath())) {
          if (System.nanoTime() > end) {
            throw new IOException("not healed within 20 s: " + directory.describe());
          }
          Thread.onSpinWait();
        }
        long after = System.nanoTime();
        long event = firstSince(before, events);
        if (i >= 0) {
          noticed[i] = event - before;
          healed[i] = after - before;
        }
        Thread.sleep(40);
      }
    } finally {
      process.destroy();
      process.waitFor();
    }
    System.out.printf("bare WatchService loop notices: %s%n", percentiles(noticed));
    System.out.printf("slots watch has the link back:  %s%n", percentiles(healed));
  }

  /** Hands over the instant of each event of the live path. */
  private static void notice(WatchService service, BlockingQueue<Long> events) {
    try {
      while (true) {
        WatchKey key = service.take();
        long now = System.nanoTime();
        for (WatchEvent<?> event : key.pollEvents()) {
          if (String.valueOf(event.context()).equals(CredentialsDirectory.LIVE_NAME)) {
            events.add(now);
          }
        }
        key.reset();
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      // The end.
    }
  }

  /** The first since; those of the link that came back after the last rename are older. */
  private static long firstSince(long before, BlockingQueue<Long> events) throws Exception {
    while (true) {
      Long event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new IOException("the bare loop was told nothing");
      }
      if (event >= before) {
        return event;
      }
    }
  }

  private static String percentiles(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return String.format(
        "p50 %.2f ms, p99 %.2f ms, max %.2f ms of %d",
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) Math.ceil(sorted.length * 0.99) - 1] / 1e6,
        sorted[sorted.length - 1] / 1e6,
        sorted.length);
  }

  private void load(int minutes) throws Exception {
    Process process = watch();
    try {
      Thread.sleep(3000); // The sweep of all slots at the start is over.
      print("started, idle", process, idle(process));
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
      long healed = 0;
      long lastReport = System.nanoTime();
      double cpu = cpuSeconds(process);
      while (System.nanoTime() < end) {
        rename();
        healed++;
        Thread.sleep(1000 / REFRESHES_PER_SECOND);
        if (System.nanoTime() - lastReport > TimeUnit.MINUTES.toNanos(1)) {
          double now = cpuSeconds(process);
          System.out.printf(
              "under load, %d refreshes so far: %d MB resident, %.1f %% of a processor%n",
              healed,
              resident(process),
              100 * (now - cpu) * 1e9 / (System.nanoTime() - lastReport));
          lastReport = System.nanoTime();
          cpu = now;
        }
      }
      Thread.sleep(3000);
      print("after " + healed + " refreshes, idle", process, idle(process));
      if (!Files.isSymbolicLink(directory.livePath())) {
        throw new IOException("not healed: " + directory.describe());
      }
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static void print(String when, Process process, String idle) throws IOException {
    System.out.printf("%s: %d MB resident, %s%n", when, resident(process), idle);
  }

  private static String idle(Process process) throws Exception {
    long switches = switches(process);
    double cpu = cpuSeconds(process);
    Thread.sleep(IDLE.toMillis());
    return String.format(
        "%.1f wake-ups a second, %.2f %% of a processor",
        (switches(process) - switches) / (double) IDLE.toSeconds(),
        100 * (cpuSeconds(process) - cpu) / IDLE.toSeconds());
  }

  private static List<String> status(Path of) throws IOException {
    return Files.readAllLines(of.resolve("status"));
  }

  private static Path proc(Process process) {
    return Path.of("/proc", Long.toString(process.pid()));
  }

  private static long number(List<String> status, String field) {
    return status.stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  private static long resident(Process process) throws IOException {
    return number(status(proc(process)), "VmRSS:") >> 10;
  }

  /** Of all its threads: each time one of them had been asleep. */
  private static long switches(Process process) throws IOException {
    List<Path> threads = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(proc(process).resolve("task"))) {
      tasks.forEach(threads::add);
    }
    long sum = 0;
    for (Path thread : threads) {
      sum += number(status(thread), "voluntary_ctxt_switches:");
    }
    return sum;
  }

  private static double cpuSeconds(Process process) throws IOException {
    String stat = Files.readString(proc(process).resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }
}
