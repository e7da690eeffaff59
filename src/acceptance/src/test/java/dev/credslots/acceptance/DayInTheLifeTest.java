package dev.credslots.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import dev.credslots.testkit.OAuthServer;
import dev.credslots.testkit.OAuthServer.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of one machine: three logins of Claude's and two of Codex's, their clients, an agent's
 * session, and a server that ends a login whose token is used twice. A login's eight hours pass by
 * writing an earlier end into the files.
 */
class DayInTheLifeTest {
  private static final int PAGE = 50;
  private static final Pattern TOKEN = Pattern.compile("FAKE");
  private static final Pattern ACCESS =
      Pattern.compile("\"access_token\" *: *\"([^.\"]+)\\.([^.\"]+)");

  @TempDir static Path scratch;

  private final OAuthServer server;
  private final List<String> said = new ArrayList<>();
  private CredentialsDirectory claude;
  private CredentialsDirectory codex;
  private ClientSimulator claudeClient;
  private ClientSimulator codexClient;
  private SlotsCommand slots;

  DayInTheLifeTest() throws IOException {
    server = OAuthServer.start();
  }

  private SlotsCommand.Result run(SlotsCommand command, String... arguments) throws Exception {
    SlotsCommand.Result result = command.run(arguments);
    said.add(result.out() + result.err());
    return result;
  }

  private Answer json(int exit, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return Answer.of(exit, run(slots, all.toArray(new String[0])));
  }

  private Answer codex(int exit, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--provider", "codex"));
    all.addAll(List.of(arguments));
    return json(exit, all.toArray(new String[0]));
  }

  /** The access tokens of these slots were over an hour ago. */
  private void eightHoursPass(String... names) throws IOException {
    String over = Long.toString(Instant.now().minusSeconds(3600).toEpochMilli());
    for (String name : names) {
      Path file = claude.slotFile(name);
      String text = Files.readString(file).replaceFirst("(\"expiresAt\" *: *)[0-9]+", "$1" + over);
      Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  /** The same of Codex's, whose tokens say it themselves. */
  private void daysPass(String... names) throws IOException {
    long over = Instant.now().minusSeconds(3600).getEpochSecond();
    for (String name : names) {
      Path file = codex.slotFile(name);
      String text = Files.readString(file);
      Matcher access = ACCESS.matcher(text);
      assertTrue(access.find(), name);
      String claims =
          new String(Base64.getUrlDecoder().decode(access.group(2)), UTF_8)
              .replaceFirst("(\"exp\" *: *)[0-9]+", "$1" + over);
      String earlier =
          Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8));
      String aged = text.substring(0, access.start(2)) + earlier + text.substring(access.end(2));
      Files.writeString(file, aged, StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  /** The client of the live slot renews it, as it does every eight hours, and it comes home. */
  private void theClientRefreshes(String live) throws Exception {
    eightHoursPass(live);
    assertTrue(claudeClient.refreshAt(server).isPresent());
    json(0, "heal").is("outcome", "healed").is("slot", live).is("active", live);
  }

  @Test
  void a_day() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no crash");
    Path home = Files.createDirectories(scratch.toRealPath().resolve("home"));
    claude = CredentialsDirectory.create(home.resolve(".claude"));
    codex = CredentialsDirectory.create(home.resolve(".codex")).of(FakeClient.CODEX);
    claudeClient = new ClientSimulator(claude, 1);
    codexClient = new ClientSimulator(codex, 2);
    slots =
        SlotsCommand.built(scratch.resolve("program"))
            .environment(
                Map.of(
                    "HOME", home.toString(),
                    "SLOTS_HOME", home.resolve("slots").toString(),
                    "CLAUDE_CONFIG_DIR", claude.path().toString(),
                    "CLAUDE_OAUTH_TOKEN_URL", server.tokenUrl().toString(),
                    "CODEX_REFRESH_TOKEN_URL_OVERRIDE", server.tokenUrl().toString()));
    try (server) {
      morning();
      quota();
      aLoginEnds();
      aCrash();
      night();
      everythingIsThere();
      theLogTellsIt();
    }
  }

  /** Everybody logs in with their client, never logging out before. */
  private void morning() throws Exception {
    for (String name : List.of("bob", "alice", "erik")) {
      FakeLogin login = FakeLogin.of(name);
      server.knows(login);
      claudeClient.loginByRename(login);
      json(0, "add", name).is("outcome", "added");
    }
    FakeLogin work = FakeLogin.builder("work").client(FakeClient.CODEX).build();
    FakeLogin own = FakeLogin.builder("own").client(FakeClient.CODEX).build();
    server.knows(work).knows(own);
    codexClient.loginByRename(work);
    codex(0, "add", "work").is("outcome", "added");
    codexClient.loginThroughLink(own);
    codex(5, "heal").is("verdict", "identity-changed");
    codex(0, "add", "own").is("outcome", "added");

    json(0, "switch", "bob", "--reason", "the day begins").is("from", "erik");
    theClientRefreshes("bob");
    eightHoursPass("alice", "erik");
    json(0, "auth", "refresh", "erik").is("outcome", "refreshed");
  }

  /** An agent begins on alice, whose token is renewed on the way; her quota lasts for an hour. */
  private void quota() throws Exception {
    json(0, "switch", "--next", "--session", "agent-1", "--reason", "agent-1 begins")
        .is("outcome", "switched")
        .is("to", "alice");
    assertEquals(1, server.granted("alice"));
    json(0, "switch", "--next", "--session", "agent-1").is("outcome", "unchanged");
    theClientRefreshes("alice");
    json(0, "report", "alice", "--outcome", "rate_limit", "--retry-after", "3h");
    json(0, "switch", "--next", "--session", "agent-1", "--reason", "alice's quota")
        .is("outcome", "switched")
        .is("to", "erik");
    json(0, "session", "list").find("sessions", "session", "agent-1").is("slot", "erik");
    theClientRefreshes("erik");
    codex(0, "switch", "work", "--reason", "the office's").is("outcome", "switched");
    daysPass("work", "own");
    assertTrue(codexClient.refreshAt(server).isPresent());
    codex(0, "heal").is("verdict", "rotated");
    codex(0, "auth", "refresh", "own").is("outcome", "refreshed");
  }

  /** bob's login is over at the server; he logs in again, over whatever is live. */
  private void aLoginEnds() throws Exception {
    eightHoursPass("bob");
    server.next(Fault.status(400, "{\"error\":\"invalid_grant\"}"));
    json(3, "auth", "refresh", "bob");
    json(3, "switch", "bob").is("outcome", "refused");
    json(0, "active").is("active", "erik");
    FakeLogin again = server.current("bob").login();
    server.knows(again);
    claudeClient.loginByRename(again);
    json(0, "heal").is("outcome", "healed").is("verdict", "same-account").is("active", "bob");
  }

  /** The power is not cut, but the process is: right after the link was turned. */
  private void aCrash() throws Exception {
    FaultShim shim = FaultShim.compile(scratch.resolve("shim"));
    Path rehearsal = scratch.resolve("rehearsal");
    Process copy =
        new ProcessBuilder("cp", "-a", claude.path().toString(), rehearsal.toString()).start();
    assertEquals(0, copy.waitFor());
    Path trace = scratch.resolve("trace");
    String[] line = {"switch", "alice", "--reason", "alice's quota is back"};
    SlotsCommand there = slots.environment("CLAUDE_CONFIG_DIR", rehearsal.toString());
    run(there.under(shim.below(rehearsal).trace(trace)), line);
    long turn =
        FaultShim.read(trace).stream()
            .filter(call -> call.target().equals(CredentialsDirectory.LIVE_NAME))
            .filter(call -> call.name().startsWith("rename"))
            .findFirst()
            .orElseThrow()
            .number();

    SlotsCommand.Result killed = run(slots.under(shim.below(claude.path()).killAfter(turn)), line);
    assertTrue(killed.killed(), killed::toString);
    assertEquals("alice", claude.linkTarget().orElseThrow(), "the link is never gone");
    json(0, "heal").is("outcome", "no-drift").is("active", "alice");
  }

  private void night() throws Exception {
    eightHoursPass("bob", "erik");
    json(0, "auth", "refresh", "bob").is("outcome", "refreshed");
    json(0, "auth", "refresh", "erik").is("outcome", "refreshed");
    theClientRefreshes("alice");
    json(0, "session", "end", "agent-1");
    json(0, "doctor").list("findings");
  }

  private void everythingIsThere() throws Exception {
    Expectations ofClaude = Expectations.at(Moment.SETTLED);
    for (String name : List.of("bob", "alice", "erik")) {
      FakeLogin newest = server.current(name);
      ofClaude = ofClaude.owner(name, name).token(newest);
      assertTrue(Files.readString(claude.slotFile(name)).contains(newest.refreshToken()), name);
      assertFalse(server.revoked(name), name + " was renewed with a used token");
    }
    assertEquals(List.of(), Laws.check(claude, ofClaude), claude::describe);
    Expectations ofCodex = Expectations.at(Moment.SETTLED);
    for (String name : List.of("work", "own")) {
      FakeLogin newest = server.current(name);
      ofCodex = ofCodex.owner(name, name).token(newest);
      assertTrue(Files.readString(codex.slotFile(name)).contains(newest.refreshToken()), name);
      assertFalse(server.revoked(name), name + " was renewed with a used token");
    }
    assertEquals(List.of(), Laws.check(codex, ofCodex), codex::describe);
    for (String text : said) {
      assertFalse(TOKEN.matcher(text).find(), text);
    }
  }

  private void theLogTellsIt() throws Exception {
    String page = run(slots, "log", "-n", "100").out();
    String other = run(slots, "log", "-n", "100", "--provider", "codex").out();
    System.out.println("$ slots log\n" + page + "$ slots log --provider codex\n" + other);
    List<String> lines = page.lines().map(line -> line.replaceFirst("^\\S+ +", "")).toList();
    assertTrue(lines.size() <= PAGE, page);
    int at = 0;
    for (String part :
        List.of(
            "added      bob",
            "added      alice",
            "added      erik",
            "switched   erik -> bob  (the day begins)",
            "healed     bob",
            "refreshed  erik",
            "refreshed  alice",
            "switched   bob -> alice  (agent-1 begins)",
            "healed     alice",
            "switched   alice -> erik  (alice's quota)",
            "healed     erik",
            "rejected   bob",
            "healed     bob  (same-account)",
            "finished   alice  (alice's quota is back",
            "refreshed  bob",
            "refreshed  erik",
            "healed     alice")) {
      int from = at;
      while (at < lines.size() && !lines.get(at).startsWith(part)) {
        at++;
      }
      assertTrue(at < lines.size(), () -> "no '" + part + "' after line " + from + " of\n" + page);
      at++;
    }
  }
}
