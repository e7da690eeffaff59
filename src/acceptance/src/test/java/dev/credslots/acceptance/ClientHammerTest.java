package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.ChangeOutcome;
import dev.credslots.HealOutcome;
import dev.credslots.SlotManager;
import dev.credslots.Status;
import dev.credslots.StoreException;
import dev.credslots.SwitchOutcome;
import dev.credslots.Warning;
import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.ClientSimulator.Issued;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two clients that refresh, log in, wipe, come back from long ago and at times ignore every lock,
 * against six processes of ours and the built program: no token that a client did not destroy
 * itself is lost, and none is in another account's slot unless a client wrote it there in place or
 * somebody said, or inferred, that it belongs there.
 *
 * <p>{@code -Dslots.hammer.seconds=3600} for an hour of it.
 */
class ClientHammerTest {
  private static final List<String> ACCOUNTS = List.of("alice", "bob", "erik");
  private static final List<String> ROLES =
      List.of("switch", "heal", "capture", "add", "restore", "switch and heal");
  private static final int CLIENTS = 2;
  private static final long SECONDS = Long.getLong("slots.hammer.seconds", 60);
  private static final int ALL = 9999;
  private static final int AS_SHIPPED = 5;
  private static final int SHOWN = 20;
  private static final Pattern RESTORE = Pattern.compile("if that is wrong: slots restore (\\w+)");

  @Tag("fault")
  @ParameterizedTest
  @EnumSource
  void every_token_is_kept_where_nothing_is_let_go(FakeClient client, @TempDir Path scratch)
      throws Exception {
    new Hammer(client, scratch, ALL, Duration.ofSeconds(SECONDS * 2 / 3)).run();
  }

  @Tag("fault")
  @ParameterizedTest
  @EnumSource
  void the_newest_token_of_everyone_is_kept(FakeClient client, @TempDir Path scratch)
      throws Exception {
    new Hammer(client, scratch, AS_SHIPPED, Duration.ofSeconds(SECONDS / 3)).run();
  }

  /** One run, and what it came to. */
  private static final class Hammer {
    private final FakeClient client;
    private final Path scratch;
    private final int generations;
    private final Duration length;
    private final CredentialsDirectory directory;
    private final Path ledger;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Process> processes = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Account account = new Account();

    Hammer(FakeClient client, Path scratch, int generations, Duration length) throws IOException {
      this.client = client;
      this.scratch = scratch;
      this.generations = generations;
      this.length = length;
      this.directory =
          CredentialsDirectory.create(Files.createDirectories(scratch.resolve("world/claude")))
              .of(client);
      this.ledger = Files.createDirectories(scratch.resolve("ledger"));
    }

    void run() throws Exception {
      for (String name : ACCOUNTS) {
        FakeLogin login = FakeLogin.builder(name).client(client).build();
        directory.slot(name, login);
        account.issued(new Issued(name, 1, login.refreshToken(), "given", name, Optional.empty()));
      }
      directory.link("alice").identity(FakeLogin.of("alice"));
      SlotManager manager = manager(directory, generations);
      for (String name : ACCOUNTS) {
        // Whose each is, as if everyone had logged in while ours looked on.
        directory.identity(FakeLogin.of(name));
        manager.switchTo(name, "before the hammer");
        manager.capture(name);
      }
      SlotsCommand program = SlotsCommand.built(scratch.resolve("program"));
      Path config = scratch.resolve("config.json");
      Files.writeString(
          config,
          "{\"provider\":\""
              + Formats.of(client).provider()
              + "\",\"generations\":"
              + generations
              + "}");

      ExecutorService pool = Executors.newFixedThreadPool(2);
      AtomicLong reads = new AtomicLong();
      AtomicLong halfWritten = new AtomicLong();
      try {
        for (int i = 0; i < CLIENTS; i++) {
          processes.add(client(i));
        }
        for (int i = 0; i < ROLES.size(); i++) {
          processes.add(worker(i));
        }
        Future<?> reader = pool.submit(new Reader(reads, halfWritten));
        Future<?> shell = pool.submit(shell(program, config));
        for (Process process : processes) {
          assertEquals(0, process.waitFor(), () -> "a process failed; see its errors above");
        }
        over.set(true);
        reader.get();
        shell.get();
      } finally {
        over.set(true);
        pool.shutdownNow();
        processes.forEach(Process::destroyForcibly);
      }
      for (int i = 0; i < CLIENTS; i++) {
        account.readClient(scratch.resolve("client-" + i));
      }
      for (int i = 0; i < ROLES.size(); i++) {
        account.readWorker(scratch.resolve("worker-" + i));
      }
      HealOutcome end = quiescence(manager);
      violations.addAll(
          Laws.check(directory, Expectations.at(Moment.SETTLED)).stream()
              // A client's last word may be a file it wiped, or has half of.
              .filter(violation -> !violation.startsWith("live path is torn"))
              .toList());
      account.judge(directory, generations == ALL, violations);
      System.out.printf(
          "fault lab: client hammer, %s, %d s, %s generations kept: %d operations of clients and %s of"
              + " ours; %s; %d live reads, %d of them while a client was writing in place, all"
              + " others valid; last heal: %s%n",
          client,
          length.toSeconds(),
          generations == ALL ? "all" : Integer.toString(generations),
          account.operations,
          account.outcomes,
          account.summary,
          reads.get(),
          halfWritten.get(),
          end.verdict().word());
      assertEquals(
          "",
          // Misfiled ones first: of those that are lost there may be many.
          String.join(
              "\n", violations.stream().sorted(Comparator.reverseOrder()).limit(SHOWN).toList()),
          () -> violations.size() + " violations");
    }

    private Process client(int number) throws IOException {
      return java(
          scratch.resolve("client-" + number),
          ClientSimulator.class,
          directory.path().toString(),
          Integer.toString(number + 1),
          length.toMillis() + "ms",
          ledger.toString(),
          "--pace",
          "20",
          "--retry",
          "5",
          "--client",
          client.name());
    }

    private Process worker(int number) throws IOException {
      return java(
          scratch.resolve("worker-" + number),
          Worker.class,
          directory.path().toString(),
          ROLES.get(number),
          Integer.toString(number + 1),
          Long.toString(length.toMillis()),
          Integer.toString(generations),
          client.name());
    }

    private static Process java(Path output, Class<?> main, String... arguments)
        throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
      command.addAll(List.of(arguments));
      return new ProcessBuilder(command)
          .redirectOutput(output.toFile())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    }

    /** A person at a shell, who types the built program's commands. */
    private Callable<Void> shell(SlotsCommand program, Path config) {
      Random random = new Random(generations);
      return () -> {
        while (!over.get()) {
          String slot = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
          List<String> command =
              new ArrayList<>(
                  random.nextBoolean() ? List.of("switch", slot) : List.of("heal", "--json"));
          command.addAll(List.of("--dir", directory.path().toString()));
          command.addAll(List.of("--config", config.toString()));
          SlotsCommand.Result result = program.run(command.toArray(String[]::new));
          if (result.exitCode() == 1 || result.exitCode() > 5) {
            violations.add("the program failed: " + command + " " + result);
          }
          String all = result.out() + result.err();
          account.count("program " + command.get(0) + " exit " + result.exitCode());
          for (String name : namedToRestore(all)) {
            account.inferredInto(name, directory);
          }
        }
        return null;
      };
    }

    private HealOutcome quiescence(SlotManager manager) throws IOException {
      HealOutcome last = manager.heal();
      for (int i = 0; i < 5 && last.ok(); i++) {
        if (last instanceof HealOutcome.Healed healed) {
          account.note(healed, directory);
        }
        last = manager.heal();
      }
      return last;
    }

    /**
     * Reads the live path: there is always a file there, and unless a client is writing in place at
     * that moment, it is complete JSON. While this holds the clients' turn, none is.
     */
    private final class Reader implements Callable<Void> {
      private final ObjectMapper json = new ObjectMapper();
      private final AtomicLong reads;
      private final AtomicLong halfWritten;

      Reader(AtomicLong reads, AtomicLong halfWritten) {
        this.reads = reads;
        this.halfWritten = halfWritten;
      }

      @Override
      @SuppressWarnings("try")
      public Void call() throws IOException, InterruptedException {
        while (!over.get()) {
          for (int i = 0; i < 20; i++) {
            if (!whole(Files.readAllBytes(directory.livePath()))) {
              halfWritten.incrementAndGet();
            }
            reads.incrementAndGet();
          }
          try (FileChannel turn =
                  FileChannel.open(
                      ledger.resolve("turn"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
              FileLock lock = turn.lock()) {
            byte[] bytes = Files.readAllBytes(directory.livePath());
            assertTrue(whole(bytes), () -> "the live path read " + bytes.length + " torn bytes");
            reads.incrementAndGet();
          }
          Thread.sleep(1); // leaves the others some of the processor
        }
        return null;
      }

      private boolean whole(byte[] bytes) {
        try {
          return bytes.length > 0 && json.readTree(bytes).isObject();
        } catch (IOException torn) {
          return false;
        }
      }
    }
  }

  /** What everyone said they did, held against what is on disk. */
  private static final class Account {
    private final List<Issued> issued = new ArrayList<>();
    private final Set<String> destroyed = new HashSet<>();

    /** Slots, and whose logins came into them on somebody's word, not on ours. */
    private final Map<String, Set<String>> excused = new HashMap<>();

    private final Map<String, Long> counts = new TreeMap<>();
    private long operations;
    private String outcomes = "";
    private String summary = "";

    synchronized void issued(Issued token) {
      issued.add(token);
    }

    synchronized void count(String what) {
      counts.merge(what, 1L, Long::sum);
    }

    synchronized void excuse(String slot, String account, String why) {
      if (excused.computeIfAbsent(slot, any -> new TreeSet<>()).add(account)) {
        count("first " + why + " of another's login");
      }
    }

    void note(HealOutcome.Healed healed, CredentialsDirectory directory) throws IOException {
      count("last heals " + healed.verdict().word());
      if (healed.verdict() == Verdict.INFERRED || healed.verdict() == Verdict.SAME_ACCOUNT) {
        inferredInto(healed.slot(), directory);
      }
    }

    void inferredInto(String slot, CredentialsDirectory directory) throws IOException {
      for (String name : accountsIn(directory, slot)) {
        if (!name.equals(slot)) {
          excuse(slot, name, "inference");
        }
      }
    }

    void readClient(Path said) throws IOException {
      ObjectMapper json = new ObjectMapper();
      for (String line : Files.readAllLines(said)) {
        Optional<Issued> token = Issued.fromJson(line);
        if (token.isEmpty()) {
          operations += json.readTree(line).path("operations").asLong();
          continue;
        }
        Issued one = token.get();
        one.overwrote().ifPresent(destroyed::add);
        if (one.did().equals("wipe")) {
          continue;
        }
        issued.add(one);
        String into = one.into().replace(Issued.SWAPPED, "");
        if (!into.equals("live") && !into.equals("nothing") && !into.equals(one.account())) {
          excuse(into, one.account(), "write through the link");
        }
      }
    }

    void readWorker(Path said) throws IOException {
      for (String line : Files.readAllLines(said)) {
        String[] words = line.split("\t", -1);
        if (words[0].equals("excuse")) {
          excuse(words[1], words[2], words[3]);
        } else {
          counts.merge(words[1], Long.parseLong(words[2]), Long::sum);
        }
      }
    }

    void judge(CredentialsDirectory directory, boolean all, List<String> violations)
        throws IOException {
      Map<String, Set<String>> found = directory.tokensOnDisk();
      Map<String, Issued> newest = new TreeMap<>();
      long swapped = 0;
      long gone = 0;
      long home = 0;
      long aside = 0;
      long elsewhere = 0;
      long superseded = 0;
      for (Issued token : issued) {
        if (token.into().equals("nothing")) {
          continue;
        }
        boolean present = found.containsKey(token.refreshToken());
        if (!present && destroyed.contains(token.refreshToken())) {
          gone++;
        } else if (!present && token.into().endsWith(Issued.SWAPPED)) {
          swapped++;
        } else {
          newest.merge(
              token.account(),
              token,
              (one, other) -> one.sequence() > other.sequence() ? one : other);
          if (!present) {
            superseded++;
            if (all) {
              violations.add("lost: " + token);
            }
          }
        }
      }
      for (Issued token : newest.values()) {
        if (!found.containsKey(token.refreshToken()) && !all) {
          violations.add("newest lost: " + token);
        }
      }
      for (Map.Entry<String, Set<String>> token : found.entrySet()) {
        String owner = FakeLogin.accountOf(token.getKey()).orElseThrow();
        Set<String> places = new TreeSet<>();
        for (String file : token.getValue()) {
          places.add(place(file, directory));
        }
        if (places.contains(owner)) {
          home++;
        } else if (places.contains("stash") || places.contains("live")) {
          aside++;
        } else {
          elsewhere++;
        }
        for (String place : places) {
          // A slot that an operator added for whatever was live has no account to be false to.
          if (ACCOUNTS.contains(place)
              && !place.equals(owner)
              && !excused.getOrDefault(place, Set.of()).contains(owner)) {
            violations.add(
                "misfiled: "
                    + owner
                    + " #"
                    + FakeLogin.sequenceOf(token.getKey()).orElse(-1)
                    + " in "
                    + token.getValue()
                    + ", issued as "
                    + issued.stream()
                        .filter(one -> one.refreshToken().equals(token.getKey()))
                        .toList());
          }
        }
      }
      outcomes = counts.toString();
      summary =
          String.format(
              "%d tokens issued, %d of them destroyed by clients, %d written in place into a file"
                  + " just exchanged, %d superseded and let go; on disk %d under their own account,"
                  + " %d in the stash or live, %d in another slot by a write in place or on"
                  + " somebody's word",
              issued.size(), gone, swapped, superseded, home, aside, elsewhere);
      assertTrue(issued.size() > 20, () -> "hardly any tokens: " + issued.size());
    }

    private static String place(String file, CredentialsDirectory directory) {
      String generations = CredentialsDirectory.STATE_NAME + "/generations/";
      String live = directory.client().liveName();
      String slot = live + ".";
      if (file.startsWith(generations)) {
        return file.substring(generations.length(), file.lastIndexOf('/'));
      }
      if (file.startsWith(slot)) {
        return file.substring(slot.length());
      }
      return file.equals(live) ? "live" : "stash";
    }
  }

  /** Whose tokens are in a slot and in what is kept of it. */
  private static Set<String> accountsIn(CredentialsDirectory directory, String slot)
      throws IOException {
    Set<String> accounts = new TreeSet<>();
    directory
        .tokensOnDisk()
        .forEach(
            (token, files) -> {
              for (String file : files) {
                if (Account.place(file, directory).equals(slot)) {
                  accounts.add(FakeLogin.accountOf(token).orElseThrow());
                }
              }
            });
    return accounts;
  }

  /** The slots that an inference was declared for; by now one of them may have been removed. */
  private static List<String> namedToRestore(String message) {
    return RESTORE.matcher(message).results().map(found -> found.group(1)).toList();
  }

  private static SlotManager manager(CredentialsDirectory directory, int generations) {
    return SlotManager.builder(directory.path())
        .format(Formats.of(directory.client()))
        .discoverSlots()
        .identityFile(directory.identityPath())
        .generations(generations)
        .build();
  }

  /** One process of ours: an operator, or what an operator has running. */
  static final class Worker {
    private final CredentialsDirectory directory;
    private final SlotManager manager;
    private final Random random;
    private final String mark;
    private final Map<String, Long> counts = new TreeMap<>();
    private int added;

    private Worker(CredentialsDirectory directory, int seed, int generations) {
      this.directory = directory;
      this.manager = manager(directory, generations);
      this.random = new Random(seed);
      this.mark = "w" + seed + "x";
    }

    /** Prints what came into a slot on somebody's word, and counts of what came of everything. */
    public static void main(String[] args) throws Exception {
      Worker worker =
          new Worker(
              CredentialsDirectory.in(Path.of(args[0])).of(FakeClient.valueOf(args[5])),
              Integer.parseInt(args[2]),
              Integer.parseInt(args[4]));
      long end = System.nanoTime() + Duration.ofMillis(Long.parseLong(args[3])).toNanos();
      while (System.nanoTime() < end) {
        try {
          worker.once(args[1]);
        } catch (StoreException failed) {
          failed.printStackTrace();
          worker.count("FAILED " + args[1]);
        }
        Thread.sleep(worker.random.nextInt(10)); // an operator's own pace
      }
      worker.counts.forEach((what, count) -> System.out.println("count\t" + what + "\t" + count));
    }

    private void once(String role) throws IOException {
      switch (role) {
        case "switch" -> switchOver();
        case "heal" -> heal();
        case "capture" -> capture();
        case "add" -> add();
        case "restore" -> restore();
        default -> {
          if (random.nextBoolean()) {
            switchOver();
          } else {
            heal();
          }
        }
      }
    }

    private void switchOver() throws IOException {
      switchTo(someone());
    }

    private void switchTo(String to) throws IOException {
      SwitchOutcome outcome = manager.switchTo(to, "hammer");
      excuse(outcome.warnings());
      if (outcome instanceof SwitchOutcome.Switched) {
        count("switched");
      } else {
        count("switch " + outcome.getClass().getSimpleName());
      }
    }

    private void heal() throws IOException {
      HealOutcome outcome = manager.heal();
      excuse(outcome.warnings());
      count("heal " + outcome.verdict().word());
      if (outcome instanceof HealOutcome.Healed healed) {
        if (healed.verdict() == Verdict.INFERRED) {
          excuse(healed.slot(), "inference");
        } else if (healed.verdict() == Verdict.SAME_ACCOUNT) {
          excuse(healed.slot(), "account evidence");
        }
      }
    }

    /** An operator who looks first; what is there may have changed by then. */
    private void capture() throws IOException {
      String slot = someone();
      if (Set.of(slot).equals(now(slot))) {
        change("captured", slot, manager.capture(slot));
      }
    }

    private void add() throws IOException {
      String name = mark + added++;
      ChangeOutcome outcome = manager.addSlot(name, false);
      change("added", name, outcome);
      if (outcome.ok()) {
        for (String other : ACCOUNTS) {
          switchTo(other);
        }
        count("remove " + manager.removeSlot(name).getClass().getSimpleName());
      }
    }

    private void restore() throws IOException {
      String slot = someone();
      change("restored", slot, manager.restore(slot, Optional.empty()));
    }

    private void change(String what, String slot, ChangeOutcome outcome) throws IOException {
      excuse(outcome.warnings());
      count(outcome.ok() ? what : what + " " + outcome.getClass().getSimpleName());
      if (outcome.ok()) {
        excuse(slot, what);
        excuseAccount(slot);
      }
    }

    /**
     * Adding and capturing take the account that is in the client's identity file at that moment,
     * which may be of a login that another client's file is over by now. Logins of that account
     * come into the slot from then on, by what can be known.
     */
    private void excuseAccount(String slot) {
      for (Status.Slot one : manager.status().slots()) {
        String account = one.account().map(email -> email.replaceFirst("@.*", "")).orElse(slot);
        if (one.name().equals(slot) && !account.equals(slot)) {
          System.out.println("excuse\t" + slot + "\t" + account + "\taccount evidence");
        }
      }
    }

    private String someone() {
      return ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
    }

    private Set<String> now(String slot) throws IOException {
      Set<String> accounts = new TreeSet<>();
      for (String token : directory.slotTokens().getOrDefault(slot, Set.of())) {
        accounts.add(FakeLogin.accountOf(token).orElseThrow());
      }
      return accounts;
    }

    /** What a command declares to have inferred. */
    private void excuse(List<Warning> warnings) throws IOException {
      for (Warning warning : warnings) {
        for (String slot : namedToRestore(warning.message())) {
          excuse(slot, "inference");
        }
      }
    }

    /** Whatever is in the slot from now on may be there because of what was just said. */
    private void excuse(String slot, String why) throws IOException {
      for (String account : accountsIn(directory, slot)) {
        if (!account.equals(slot)) {
          System.out.println("excuse\t" + slot + "\t" + account + "\t" + why);
        }
      }
    }

    private void count(String what) {
      counts.merge(what, 1L, Long::sum);
    }
  }
}
