package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotEvent;
import dev.credslots.SlotManager;
import dev.credslots.StoreException;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server answers, nothing that people or programs are told holds a token. */
@Timeout(120)
class NoTokenIsShownTest {
  private static final String CANARY = "sk-ant-";
  private static final FakeLogin ALICE = FakeLogin.of("alice");

  private final List<SlotEvent> events = new CopyOnWriteArrayList<>();
  private final List<String> trouble = new CopyOnWriteArrayList<>();
  private World world;
  private SlotManager slots;

  @BeforeEach
  void begin(@TempDir Path temp) throws IOException {
    world = new World(temp);
    slots = world.manager(builder -> builder.onEvent(events::add));
  }

  @AfterEach
  void end() {
    world.close();
  }

  static Stream<Arguments> faults() {
    String echo = "{\"error\":\"" + ALICE.refreshToken() + "\"}";
    String described =
        "{\"error\":\"invalid_grant\",\"error_description\":\"" + ALICE.refreshToken() + "\"}";
    return Stream.of(
        Arguments.of("granted", Fault.cutAfter(-1)),
        Arguments.of("no refresh token", Fault.without("refresh_token")),
        Arguments.of("no access token", Fault.without("access_token")),
        Arguments.of("no end", Fault.without("expires_in")),
        Arguments.of("an end that is a token", Fault.with("expires_in", quoted())),
        Arguments.of("nested", Fault.with("access_token", "{\"token\":" + quoted() + "}")),
        Arguments.of("no JSON", Fault.body("token=" + ALICE.refreshToken())),
        Arguments.of("a token alone", Fault.body(quoted())),
        Arguments.of("an unknown member", Fault.body("{\"new\":" + quoted() + "}")),
        Arguments.of("cut in the head", Fault.cutAfter(5)),
        Arguments.of("cut in the access token", Fault.cutAfter(80)),
        Arguments.of("cut in the refresh token", Fault.cutAfter(160)),
        Arguments.of("cut at the end", Fault.cutAfter(210)),
        Arguments.of("lost", Fault.replyLost()),
        Arguments.of("ignored", Fault.ignored()),
        Arguments.of("400 that echoes", Fault.status(400, echo)),
        Arguments.of("400 in text", Fault.status(400, "bad " + ALICE.refreshToken())),
        Arguments.of("400 invalid_grant", Fault.status(400, described)),
        Arguments.of("401 that echoes", Fault.status(401, echo)),
        Arguments.of(
            "302 to a token", Fault.status(302, "", "Location", "/?t=" + ALICE.refreshToken())),
        Arguments.of("429", Fault.status(429, echo, "Retry-After", ALICE.refreshToken())),
        Arguments.of("429 for long", Fault.status(429, echo, "Retry-After", "60")),
        Arguments.of("500 that echoes", Fault.status(500, echo)),
        Arguments.of("503 that echoes", Fault.status(503, echo)));
  }

  private static String quoted() {
    return "\"" + ALICE.refreshToken() + "\"";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void whatever_a_server_answers(String name, Fault fault) throws IOException {
    world.server.next(fault);
    TokenRefresher refresher =
        new TokenRefresher(world.provider(), World.LIFE, world.clock, trouble::add);
    List<Object> told = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      RefreshOutcome outcome = refresher.refresh(slots, "alice", RefreshRequest.now());
      told.add(outcome);
      told.add(outcome.message());
      told.add(outcome.warnings());
    }
    assertFalse(world.server.requests().isEmpty());
    told.add(slots.switchTo("alice", "to be told more"));
    told.add(slots.beginRefresh("nobody", RefreshRequest.now()));
    told.add(slots.freshness("alice"));
    told.add(slots.diagnose());
    told.add(slots.status());
    told.add(slots.log(100));
    told.add(slots.holds());
    told.add(slots.credential("alice"));
    told.add(slots.kept(Optional.empty()));
    told.add(events);
    told.add(trouble);
    told.forEach(each -> assertSilent(each.toString()));
    for (Path file : written()) {
      assertSilent(file.toString());
    }
    assertSilent(
        Files.readString(
            world.directory.path().resolve(".slots/journal.jsonl"), StandardCharsets.UTF_8));
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> files = Files.walk(world.directory.path())) {
      return files.toList();
    }
  }

  private static void assertSilent(String text) {
    assertFalse(text.contains(CANARY), text);
    assertFalse(text.contains("FAKE"), text);
  }

  /** Nothing can be allocated for the reply, so nothing is asked. */
  @Test
  void an_exception_of_the_store() throws IOException {
    assertTrue(slots.capture("alice").ok());
    Files.createDirectories(world.directory.path().resolve(".slots/recovery/alice/x"));
    StoreException thrown = assertThrows(StoreException.class, () -> world.refresh("alice"));
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    assertSilent(text + thrown.remedy().toString());
    world.assertRequests(0);
  }

  @Test
  void an_exception_without_a_token() throws IOException {
    world.directory.slot("alice", ALICE.withRaw("accessToken", "\"\"").withRaw("expiresAt", "0"));
    NoTokenException thrown =
        assertThrows(
            NoTokenException.class,
            () -> world.refresher.withToken(slots, "alice", token -> "never"));
    assertSilent(thrown.toString());
  }

  @Test
  void what_the_network_says_when_nobody_is_there() {
    world.server.close();
    RefreshOutcome outcome = world.refresh("alice");
    assertSilent(outcome + outcome.message());
  }
}
