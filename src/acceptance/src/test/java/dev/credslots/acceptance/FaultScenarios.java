package dev.credslots.acceptance;

import dev.credslots.acceptance.FaultLab.Scenario;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.nio.file.Files;
import java.util.List;

/** Commands that write, each on a directory of its own. */
final class FaultScenarios {
  private static final FakeLogin ALICE = FakeLogin.of("alice");
  private static final FakeLogin BOB = FakeLogin.of("bob");
  private static final FakeLogin CAROL = FakeLogin.of("carol");
  private static final FakeLogin BOB_NEXT = BOB.rotate();
  private static final FakeLogin BOB_UNMARKED = BOB.rotate().without("refreshTokenExpiresAt");
  private static final String SHARED = "{\"server\":{\"token\":\"shared\"}}";

  private FaultScenarios() {}

  /** Two slots, both captured with their accounts, and bob's live. */
  private static Scenario known(String name) {
    return new Scenario(name)
        .step(
            at ->
                at.slot("alice", ALICE)
                    .slot("bob", BOB.withSibling("mcpOAuth", SHARED))
                    .link("alice")
                    .identity(ALICE))
        .after("capture", "alice")
        .after("switch", "bob")
        .step(at -> at.identity(BOB))
        .after("capture", "bob")
        .owner("alice", ALICE)
        .owner("bob", BOB);
  }

  static Scenario switchWithSplice() {
    return known("switch with identity and shared keys").command("switch", "alice");
  }

  static Scenario add() {
    return new Scenario("add")
        .step(at -> at.identity(BOB).liveFile(BOB.credentialJson()))
        .owner("bob", BOB)
        .thenEachOf("heal", "add bob", "switch bob")
        .command("add", "bob");
  }

  /** A directory that another program has used so far: nothing is on record. */
  private static Scenario unknown(String name) {
    return new Scenario(name)
        .step(at -> at.slot("alice", ALICE).slot("bob", BOB).link("bob").identity(BOB))
        .owner("alice", ALICE)
        .owner("bob", BOB);
  }

  private static Scenario unknown(String name, byte[] live) {
    return unknown(name).step(at -> at.liveFile(live));
  }

  static Scenario healTold() {
    return known("heal, told")
        .step(at -> at.liveFile(BOB_UNMARKED.credentialJson()))
        .token(BOB_UNMARKED)
        .command("heal", "bob");
  }

  /** All of them, or with {@code -Dslots.scenario=WORDS} those with the words in their name. */
  static List<Scenario> all() {
    String words = System.getProperty("slots.scenario", "");
    return everything().stream().filter(scenario -> scenario.name.contains(words)).toList();
  }

  private static List<Scenario> everything() {
    return List.of(
        unknown("switch").thenEachOf("heal", "switch alice").command("switch", "alice"),
        unknown("switch with a history")
            .after("switch", "alice")
            .after("switch", "bob")
            .thenEachOf("heal", "switch bob")
            .command("switch", "alice"),
        unknown("switch over an unknown token", BOB_UNMARKED.credentialJson())
            .token(BOB_UNMARKED)
            .thenEachOf("heal", "switch alice", "switch bob")
            .command("switch", "alice"),
        unknown("switch over equal bytes", BOB.credentialJson())
            .thenEachOf("heal", "switch bob")
            .command("switch", "alice"),
        unknown("heal of own bytes", BOB.credentialJson())
            .thenEachOf("heal", "switch alice")
            .command("heal"),
        unknown("heal of an unknown token, told", BOB_UNMARKED.credentialJson())
            .token(BOB_UNMARKED)
            .thenEachOf("heal", "heal bob", "switch alice")
            .command("heal", "bob"),
        switchWithSplice(),
        known("switch over a file with a marker")
            .step(at -> at.liveFile(BOB_NEXT.credentialJson()))
            .token(BOB_NEXT)
            .command("switch", "alice"),
        known("heal by marker")
            .step(at -> at.liveFile(BOB_NEXT.credentialJson()))
            .token(BOB_NEXT)
            .command("heal"),
        known("heal of an old session by marker")
            .after("switch", "alice")
            .step(at -> at.liveFile(BOB_NEXT.credentialJson()))
            .token(BOB_NEXT)
            .command("heal"),
        known("heal by account")
            .after("switch", "alice")
            .step(at -> at.liveFile(BOB.login().credentialJson()).identity(BOB))
            .command("heal"),
        known("heal, inferred")
            .step(at -> at.liveFile(BOB_UNMARKED.credentialJson()))
            .token(BOB_UNMARKED)
            .command("heal"),
        known("heal, unresolved")
            .step(at -> at.liveFile(CAROL.credentialJson()))
            .token(CAROL)
            .exiting(5)
            .command("heal"),
        known("heal --relink")
            .step(at -> at.liveFile(BOB.wipedJson()))
            .thenEachOf("heal --relink")
            .command("heal", "--relink"),
        healTold(),
        add(),
        known("add --from")
            .step(at -> Files.write(at.path().resolve("elsewhere"), CAROL.credentialJson()))
            .token(CAROL)
            .owner("carol", CAROL)
            .command("add", "carol", "--from", FaultLab.WORLD + "/claude/elsewhere"),
        new Scenario("add, moving a login out of a slot")
            .step(at -> at.slot("alice", ALICE).slot("bob", BOB).link("alice").identity(ALICE))
            .after("capture", "alice")
            .after("switch", "bob")
            .after("capture", "bob")
            .step(FaultScenarios::carolLogsInThroughTheLink)
            .owner("alice", ALICE)
            .token(BOB)
            .owner("carol", CAROL)
            .command("add", "carol"),
        known("rename of the active slot").owner("robert", BOB).command("rename", "bob", "robert"),
        known("remove").command("remove", "alice"),
        rotated("restore of the active slot").command("restore", "bob"),
        rotated("restore of another slot").after("switch", "alice").command("restore", "bob"),
        known("capture")
            .step(at -> Files.write(at.slotFile("bob"), BOB_UNMARKED.credentialJson()))
            .token(BOB_UNMARKED)
            .command("capture", "bob"),
        stashed("stash claim").command("stash", "claim", "bob"),
        stashed("stash drop").command("stash", "drop", "bob"),
        known("report").thenEachOf("switch alice").command("report", "alice", "--status", "401"),
        // Killed anywhere, it holds nobody up.
        known("hold")
            .thenEachOf("switch alice")
            .locksOnly()
            .command("hold", "x", "--dir", FaultLab.WORLD + "/claude", "--", "true"),
        known("doctor --fix with leftovers")
            .step(FaultScenarios::leaveThings)
            .locksOnly()
            .command("doctor", "--fix"));
  }

  private static Scenario rotated(String name) {
    return known(name)
        .step(at -> at.liveFile(BOB_NEXT.credentialJson()))
        .after("heal")
        .token(BOB_NEXT);
  }

  /** A file nobody could place is in the stash, bob is suspect, and a new file live again. */
  private static Scenario stashed(String name) {
    return known(name)
        .step(
            at -> at.liveFile(FakeLogin.of("bob").login().withRaw("scopes", "[]").credentialJson()))
        .after("switch", "alice");
  }

  private static void carolLogsInThroughTheLink(CredentialsDirectory at)
      throws java.io.IOException {
    at.slot("bob", CAROL).identity(CAROL);
  }

  private static void leaveThings(CredentialsDirectory at) throws java.io.IOException {
    Files.createDirectory(at.path().resolve(".oauth_refresh.lock"));
    Files.setLastModifiedTime(
        at.path().resolve(".oauth_refresh.lock"), java.nio.file.attribute.FileTime.fromMillis(0));
  }
}
