package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.credslots.Drift;
import dev.credslots.HealOutcome;
import dev.credslots.IdentityDrift;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.verdict.IdentityState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Side by side with the Python original on one directory: {@code -Dpeer.dir} names an unpacked
 * {@code credential-slots}, which has {@code src/credential_slots}.
 */
@Tag("fault")
class PeerAgreementTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(5);
  private static final String[] SLOTS = {"bob", "alice", "erik"};
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Answers one request a line; what it says is the original's, in JSON. */
  private static final String SCRIPT =
      """
      import json, sys
      from datetime import datetime, timedelta, timezone
      from pathlib import Path
      from credential_slots import SlotManager

      EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

      def observe(manager, request):
          now = EPOCH + timedelta(milliseconds=request["now"])
          return {
              "active": manager.get_active_subscription(),
              "available": manager.get_available_subscriptions(),
              "drift": manager.detect_live_slot_drift(),
              "fresh": {s: manager.slot_is_fresh(s, now=now)[0] for s in request["slots"]},
              "identity": {s: manager.detect_slot_identity_drift(s) for s in request["slots"]},
          }

      def result(outcome):
          return {"ok": outcome.ok, "reason": outcome.reason}

      for line in sys.stdin:
          request = json.loads(line)
          manager = SlotManager(creds_dir=Path(request["dir"]), subscriptions=request["slots"])
          try:
              answer = {
                  "observe": lambda: observe(manager, request),
                  "capture": lambda: {"captured": manager.capture_slot_fingerprint(request["slot"])},
                  "switch": lambda: result(manager.switch_to(request["slot"], "peer")),
                  "heal": lambda: result(manager.heal_drift_to(request["slot"])),
              }[request["do"]]()
          except Exception as error:
              answer = {"crashed": type(error).__name__}
          print(json.dumps(answer), flush=True)
      """;

  private static Process peer;
  private static BufferedReader answers;
  private static Writer requests;

  @TempDir private Path scratch;

  @BeforeAll
  static void start(@TempDir Path place) throws IOException {
    String dir = System.getProperty("peer.dir", "");
    assumeTrue(
        Files.isDirectory(Path.of(dir, "src", "credential_slots")),
        "no Python original to compare with: set -Dpeer.dir to an unpacked credential-slots");
    Path script = Files.writeString(place.resolve("peer.py"), SCRIPT);
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-B", script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("PYTHONPATH", Path.of(dir, "src").toAbsolutePath().toString());
    peer = builder.start();
    answers =
        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
    requests = new OutputStreamWriter(peer.getOutputStream(), StandardCharsets.UTF_8);
  }

  @AfterAll
  static void stop() throws Exception {
    if (peer != null) {
      requests.close(); // the script ends with its input
      assertEquals(0, peer.waitFor());
    }
  }

  interface State {
    void make(CredentialsDirectory directory) throws IOException;
  }

  private static Named<State> state(String name, State state) {
    return Named.of(name, state);
  }

  private static FakeLogin login(String account) {
    return FakeLogin.builder(account).now(NOW).build();
  }

  private static FakeLogin ending(Duration fromNow) {
    return FakeLogin.builder("bob").now(NOW).expiresAt(NOW.plus(fromNow)).build();
  }

  private static FakeLogin bobWith(String key, String json) {
    return login("bob").withRaw(key, json);
  }

  private static CredentialsDirectory both(CredentialsDirectory at) throws IOException {
    return at.slot("bob", login("bob")).slot("alice", login("alice"));
  }

  /** Bob is linked and has this login; all that is asked is what is said of him. */
  private static Named<State> bob(String name, FakeLogin login) {
    return state(name, at -> at.slot("bob", login).slot("alice", login("alice")).link("bob"));
  }

  private static Named<State> bob(String name, String text) {
    return state(name, at -> at.slot("bob", text).slot("alice", login("alice")).link("bob"));
  }

  private static Named<State> sidecar(String name, String text) {
    return state(
        name,
        at -> {
          both(at).link("bob");
          sidecar(at, text);
        });
  }

  private static void sidecar(CredentialsDirectory at, String text) throws IOException {
    Files.writeString(at.path().resolve(".credentials.json.bob.fingerprint.json"), text);
  }

  private static void liveLink(CredentialsDirectory at, Path destination) throws IOException {
    Files.createSymbolicLink(at.livePath(), destination);
  }

  private static String captured(FakeLogin login) {
    return "{\"refresh_token_sha256\": \""
        + DigestUtils.sha256Hex(login.refreshToken())
        + "\", \"captured_at\": \"2026-03-01T00:00:00+00:00\", \"slot\": \"bob\"}";
  }

  static Stream<Named<State>> states() {
    return Stream.of(
        // what is live
        state("nothing at all", at -> {}),
        state("slots and no live path", at -> both(at)),
        state("a link to a slot", at -> both(at).link("bob")),
        state("a link to the second slot", at -> both(at).link("alice")),
        state("an absolute link", at -> liveLink(both(at), at.slotFile("alice"))),
        state(
            "a link through another link",
            at -> {
              Files.createSymbolicLink(at.path().resolve("hop"), Path.of(".credentials.json.bob"));
              liveLink(both(at), Path.of("hop"));
            }),
        state(
            "a slot that is a link to another file of the directory",
            at -> {
              Files.write(at.path().resolve("real"), login("erik").credentialJson());
              Files.createSymbolicLink(at.slotFile("erik"), Path.of("real"));
              both(at).link("erik");
            }),
        state("a link to nothing", at -> both(at).link("erik")),
        state(
            "a slot that is a link to nothing",
            at -> Files.createSymbolicLink(both(at).link("bob").slotFile("erik"), Path.of("gone"))),
        state(
            "a link elsewhere, the same bytes",
            at -> {
              Files.write(at.path().resolve("elsewhere"), login("bob").credentialJson());
              liveLink(both(at), Path.of("elsewhere"));
            }),
        state(
            "a link elsewhere, other bytes",
            at -> {
              Files.write(at.path().resolve("elsewhere"), login("carol").credentialJson());
              liveLink(both(at), Path.of("elsewhere"));
            }),
        state(
            "a link to a slot nobody named",
            at -> both(at).slot("carol", login("carol")).link("carol")),
        state("a file, a slot's bytes", at -> both(at).liveFile(login("alice").credentialJson())),
        state(
            "a file, the bytes of two slots",
            at -> both(at).slot("erik", login("bob")).liveFile(login("bob").credentialJson())),
        state(
            "a file, a rotated token",
            at -> both(at).liveFile(login("bob").rotate().credentialJson())),
        state("a file, somebody else's", at -> both(at).liveFile(login("carol").credentialJson())),
        state("a file, empty", at -> both(at).liveFile(new byte[0])),
        state("a file, binary", at -> both(at).liveFile(new byte[] {0, 1, (byte) 0xFF, 10})),
        state("a file, wiped", at -> both(at).liveFile(login("bob").wipedJson())),
        // how long it lasts
        bob("ended a second ago", ending(Duration.ofSeconds(-1))),
        bob("ends now", ending(Duration.ZERO)),
        bob("ends inside the grace", ending(GRACE.minusSeconds(1))),
        bob("ends just at the grace", ending(GRACE)),
        bob("ends a millisecond past the grace", ending(GRACE.plusMillis(1))),
        bob("ends in milliseconds with a fraction", bobWith("expiresAt", "1893456000000.5")),
        bob("ends in the year 10000", bobWith("expiresAt", "253402300800000")),
        bob("ends in a text", bobWith("expiresAt", "\"1893456000000\"")),
        bob("ends in null", bobWith("expiresAt", "null")),
        bob("ends in true", bobWith("expiresAt", "true")),
        bob("ends at 1e308", bobWith("expiresAt", "1e308")),
        bob("ends beyond any double", bobWith("expiresAt", "1" + "0".repeat(400))),
        bob("ends before 1970", bobWith("expiresAt", "-1893456000000")),
        bob("ends at 0", bobWith("expiresAt", "0")),
        bob("says no end", login("bob").without("expiresAt")),
        bob("says two ends, the last counts", twice("expiresAt", "0", "1893456000000")),
        bob(
            "the login is over, the token is not",
            bobWith("refreshTokenExpiresAt", "1000000000000")),
        // what a slot may be
        bob("empty", ""),
        bob("torn", "{\"claudeAiOauth\": {\"accessToken\": \"a"),
        bob("a list", "[]"),
        bob("a text", "\"claudeAiOauth\""),
        bob("without a login", "{\"mcpOAuth\": {}}"),
        bob("a login that is a text", "{\"claudeAiOauth\": \"soon\"}"),
        bob(
            "something after the object",
            new String(login("bob").credentialJson(), StandardCharsets.UTF_8) + " {}"),
        bob("a byte order mark", "\uFEFF{\"claudeAiOauth\": {\"expiresAt\": 1893456000000}}"),
        state("a slot that is a directory", at -> Files.createDirectory(both(at).slotFile("erik"))),
        bob("no refresh token", login("bob").without("refreshToken")),
        bob("a refresh token that is empty", bobWith("refreshToken", "\"\"")),
        bob("a refresh token that is a number", bobWith("refreshToken", "12")),
        bob("a refresh token beyond ASCII", bobWith("refreshToken", "\"t\\u00e9\\u4e2d\"")),
        // what was captured
        sidecar("captured, the same", captured(login("bob"))),
        sidecar("captured, another's", captured(login("carol"))),
        sidecar("captured, empty file", ""),
        sidecar("captured, a list", "[]"),
        sidecar("captured, no hash", "{\"slot\": \"bob\"}"),
        sidecar("captured, an empty hash", "{\"refresh_token_sha256\": \"\"}"),
        sidecar("captured, a number for a hash", "{\"refresh_token_sha256\": 7}"),
        state(
            "captured, and the slot is gone",
            at -> {
              at.slot("alice", login("alice")).link("alice");
              sidecar(at, captured(login("bob")));
            }),
        state(
            "captured, and the slot has no token",
            at -> {
              at.slot("bob", login("bob").without("refreshToken")).link("bob");
              sidecar(at, captured(login("bob")));
            }));
  }

  private static FakeLogin twice(String key, String first, String second) {
    return bobWith(key, first + ",\"" + key + "\":" + second);
  }

  @ParameterizedTest
  @MethodSource("states")
  void both_say_the_same(State state) throws Exception {
    CredentialsDirectory directory = directory();
    state.make(directory);
    assertEquals(theirs(directory), ours(directory), directory::describe);
  }

  /** On purpose, each with its reason; here it is only kept true. */
  record Difference(State state, String pointer, String ours, String theirs) {}

  private static Named<Difference> difference(
      String why, String pointer, String ours, String theirs, State state) {
    return Named.of(why, new Difference(state, pointer, ours, theirs));
  }

  static Stream<Named<Difference>> differences() {
    return Stream.of(
        difference(
            "expiresAt up to 1e12 is in seconds: other clients write those",
            "/fresh/bob",
            "true",
            "false",
            at -> at.slot("bob", bobWith("expiresAt", "1893456000"))),
        difference(
            "no token, no login: whatever expiresAt says, nobody could use it",
            "/fresh/bob",
            "false",
            "true",
            at -> at.slot("bob", login("bob").without("accessToken", "refreshToken"))),
        difference(
            "tokens empty are wiped, whatever expiresAt says",
            "/fresh/bob",
            "false",
            "true",
            at -> at.slot("bob", bobWith("accessToken", "\"\"").withRaw("refreshToken", "\"\""))),
        difference(
            "a slot over 1 MiB is not read",
            "/fresh/bob",
            "false",
            "true",
            at -> at.slot("bob", login("bob").withSibling("pad", '"' + "x".repeat(1 << 20) + '"'))),
        difference(
            "a live file over 1 MiB is no slot's, and is not read to the end to say so",
            "/drift",
            "{\"drift\":true,\"matching\":null,\"live\":null",
            "{\"drift\":true,\"matching\":null,\"live\":\"",
            at -> at.liveFile(new byte[(1 << 20) + 1])),
        difference(
            "a directory at the live path is something, and no slot's",
            "/drift",
            "{\"drift\":true",
            "null",
            at -> Files.createDirectory(both(at).livePath())),
        difference(
            "a slot that is a link out of the directory would be severed by the first heal",
            "/fresh/bob",
            "false",
            "true",
            at -> {
              Path outside = at.path().resolveSibling("outside");
              Files.write(outside, login("bob").credentialJson());
              Files.createSymbolicLink(at.slotFile("bob"), outside);
            }),
        difference(
            "NaN is no JSON, and the client would not read the file either",
            "/identity/bob/current",
            "null",
            "\"",
            at -> at.slot("bob", bobWith("expiresAt", "NaN"))),
        difference(
            "what is no SHA-256 was not captured by anybody",
            "/identity/bob/drift",
            "false",
            "true",
            at -> {
              at.slot("bob", login("bob"));
              sidecar(at, "{\"refresh_token_sha256\": \"soon\"}");
            }),
        difference(
            "a slot that is not UTF-8 is unreadable; the original crashes",
            "/crashed",
            "",
            "\"UnicodeDecodeError\"",
            at -> at.slot("bob", new byte[] {'{', '"', (byte) 0xFF, '"', '}'})));
  }

  @ParameterizedTest
  @MethodSource("differences")
  void we_differ_on_purpose(Difference difference) throws Exception {
    CredentialsDirectory directory = directory();
    difference.state().make(directory);
    JsonNode ours = ours(directory);
    JsonNode theirs = theirs(directory);
    assertNotEquals(theirs, ours, "no difference any more: move it to the states");
    String ourWord = ours.at(difference.pointer()).toString();
    String theirWord = theirs.at(difference.pointer()).toString();
    assertTrue(ourWord.startsWith(difference.ours()), ours::toString);
    assertTrue(theirWord.startsWith(difference.theirs()), theirs::toString);
  }

  @Test
  void a_rotation_we_have_seen_is_no_drift_to_us() throws Exception {
    CredentialsDirectory directory = directory();
    both(directory).link("bob");
    SlotManager slots = manager(directory);
    slots.captureFingerprint("bob");
    FakeLogin rotated = login("bob").rotate();
    directory.slot("bob", rotated);
    slots.captureFingerprint("bob");
    directory.slot("bob", login("bob")); // back to the first, which was seen here
    assertEquals(IdentityState.ROTATED, slots.detectIdentityDrift("bob").state());
    assertFalse(slots.detectIdentityDrift("bob").drift());
    assertTrue(theirs(directory).at("/identity/bob/drift").booleanValue());
  }

  @Test
  void what_they_capture_matches_here() throws Exception {
    CredentialsDirectory directory = directory();
    both(directory).link("bob");
    String captured = ask("capture", directory, "bob").path("captured").asText();
    IdentityDrift drift = manager(directory).detectIdentityDrift("bob");
    assertEquals(IdentityState.MATCH, drift.state());
    assertEquals(Optional.of(captured), drift.storedFingerprint());
    assertEquals(theirs(directory), ours(directory));
  }

  @Test
  void what_we_capture_matches_there() throws Exception {
    CredentialsDirectory directory = directory();
    both(directory).link("bob");
    String captured = manager(directory).captureFingerprint("bob").orElseThrow();
    JsonNode theirs = theirs(directory);
    assertFalse(theirs.at("/identity/bob/drift").booleanValue(), theirs::toString);
    assertEquals(captured, theirs.at("/identity/bob/stored").asText());
    assertEquals(theirs, ours(directory));
  }

  @Test
  void each_goes_on_from_the_others_switch() throws Exception {
    CredentialsDirectory directory = directory();
    current(directory).link("bob");
    SlotManager slots = SlotManager.builder(directory.path()).slots(SLOTS).build();
    for (int round = 0; round < 3; round++) {
      SwitchOutcome outcome = slots.switchTo("alice", "ours");
      assertTrue(outcome.ok(), outcome::message);
      assertEquals("alice", theirs(directory).path("active").asText());
      assertEquals(theirs(directory), ours(directory));
      JsonNode answer = ask("switch", directory, "bob");
      assertTrue(answer.path("ok").booleanValue(), answer::toString);
      assertEquals(Optional.of("bob"), slots.activeSlot());
      assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("bob").state());
      assertEquals(theirs(directory), ours(directory));
    }
  }

  @Test
  void each_goes_on_from_the_others_heal() throws Exception {
    CredentialsDirectory directory = directory();
    FakeLogin bob = FakeLogin.of("bob").without("refreshTokenExpiresAt");
    current(directory).slot("bob", bob).link("bob");
    SlotManager slots = SlotManager.builder(directory.path()).slots(SLOTS).build();
    slots.captureFingerprint("bob");

    FakeLogin second = bob.rotate().without("refreshTokenExpiresAt");
    directory.liveFile(second.credentialJson());
    JsonNode healed = ask("heal", directory, "bob");
    assertTrue(healed.path("ok").booleanValue(), healed::toString);
    assertEquals(Optional.of("bob"), slots.activeSlot());
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("bob").state());
    assertEquals(theirs(directory), ours(directory));

    FakeLogin third = bob.rotate().without("refreshTokenExpiresAt");
    directory.liveFile(third.credentialJson());
    HealOutcome outcome = slots.healDriftTo("bob");
    assertTrue(outcome.ok(), outcome::message);
    JsonNode theirs = theirs(directory);
    assertEquals("bob", theirs.path("active").asText());
    assertFalse(theirs.at("/identity/bob/drift").booleanValue(), theirs::toString);
    assertEquals(theirs, ours(directory));
  }

  /** Switches go by the real clock in the original, so the slots are fresh by that one. */
  private static CredentialsDirectory current(CredentialsDirectory at) throws IOException {
    return at.slot("bob", FakeLogin.of("bob")).slot("alice", FakeLogin.of("alice"));
  }

  private CredentialsDirectory directory() throws IOException {
    return CredentialsDirectory.create(scratch.toRealPath().resolve("claude"));
  }

  private static SlotManager manager(CredentialsDirectory directory) {
    return SlotManager.builder(directory.path())
        .slots(SLOTS)
        .grace(GRACE)
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .build();
  }

  private static ObjectNode ours(CredentialsDirectory directory) {
    SlotManager slots = manager(directory);
    ObjectNode said = JSON.createObjectNode();
    said.put("active", slots.activeSlot().orElse(null));
    ArrayNode available = said.putArray("available");
    slots.availableSlots().forEach(available::add);
    Optional<Drift> drift = slots.detectDrift();
    if (drift.isPresent()) {
      ObjectNode object = said.putObject("drift");
      object.put("drift", drift.get().drift());
      object.put("matching", drift.get().matchingSlot().orElse(null));
      object.put("live", drift.get().liveHash().orElse(null));
      ObjectNode hashes = object.putObject("hashes");
      drift.get().slotHashes().forEach(hashes::put);
    } else {
      said.putNull("drift");
    }
    ObjectNode fresh = said.putObject("fresh");
    ObjectNode identity = said.putObject("identity");
    for (String slot : SLOTS) {
      fresh.put(slot, slots.freshness(slot).fresh());
      IdentityDrift of = slots.detectIdentityDrift(slot);
      ObjectNode object = identity.putObject(slot);
      object.put("drift", of.drift());
      object.put("stored", of.storedFingerprint().orElse(null));
      object.put("current", of.currentFingerprint().orElse(null));
    }
    return said;
  }

  private static JsonNode theirs(CredentialsDirectory directory) throws IOException {
    JsonNode answer = ask("observe", directory, "");
    if (answer.has("crashed")) {
      return answer;
    }
    ObjectNode said = JSON.createObjectNode();
    said.set("active", answer.path("active"));
    said.set("available", answer.path("available"));
    JsonNode drift = answer.path("drift");
    if (drift.isObject()) {
      ObjectNode object = said.putObject("drift");
      object.set("drift", drift.path("drift"));
      object.set("matching", drift.path("matching_slot"));
      object.set("live", drift.path("live_hash"));
      object.set("hashes", drift.path("slot_hashes"));
    } else {
      said.set("drift", drift);
    }
    said.set("fresh", answer.path("fresh"));
    ObjectNode identity = said.putObject("identity");
    for (String slot : SLOTS) {
      JsonNode of = answer.path("identity").path(slot);
      ObjectNode object = identity.putObject(slot);
      object.set("drift", of.path("drift"));
      object.set("stored", of.path("stored_fingerprint"));
      object.set("current", of.path("current_fingerprint"));
    }
    return said;
  }

  private static JsonNode ask(String what, CredentialsDirectory directory, String slot)
      throws IOException {
    ObjectNode request = JSON.createObjectNode();
    request.put("do", what);
    request.put("dir", directory.path().toString());
    request.put("now", NOW.toEpochMilli());
    request.put("slot", slot);
    ArrayNode slots = request.putArray("slots");
    List.of(SLOTS).forEach(slots::add);
    requests.write(request + "\n");
    requests.flush();
    String answer = answers.readLine();
    assertTrue(answer != null, "the Python script ended; its stderr is above");
    return JSON.readTree(answer);
  }
}
