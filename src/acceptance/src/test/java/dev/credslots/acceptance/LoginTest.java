package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.Browser;
import dev.credslots.testkit.OAuthServer.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program logs people in, at a server that checks PKCE and takes a code once. */
@Timeout(180)
class LoginTest {
  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static int worlds;

  private LoginWorld world;

  @BeforeAll
  static void build() throws Exception {
    program = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void open() throws Exception {
    world = new LoginWorld(scratch.toRealPath().resolve("world-" + worlds++), program);
  }

  @AfterEach
  void nothing_escaped() throws Exception {
    world.assertNothingEscaped();
    world.close();
  }

  private void assertBobIsAsHeWas() throws IOException {
    assertArrayEquals(
        world.bob.credentialJson(), Files.readAllBytes(world.directory.slotFile("bob")));
  }

  @Test
  void by_a_browser_that_comes_back() throws Exception {
    AtomicReference<Browser.Page> last = new AtomicReference<>();
    SlotsCommand.Result result =
        world.logIn(
            page -> {
              last.set(Browser.open(Browser.agree(page)));
              return Optional.empty();
            },
            "carol",
            "--no-browser");
    assertExit(0, result);
    assertEquals(200, last.get().status());
    assertTrue(last.get().text().contains("terminal"), last.get().text());
    assertTrue(result.out().contains("carol@example.test"), result.toString());
    assertTrue(world.hasNewest("carol", "carol"));
    assertEquals(Optional.of("bob"), world.directory.linkTarget());
    // On record: a switch tells the client whose login it is.
    assertExit(0, world.run("switch", "carol"));
    assertEquals(Optional.of("carol@example.test"), world.directory.identityEmail());
    assertExit(0, world.run("auth", "refresh", "carol"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "code#state", "query", "code"})
  void by_every_form_of_pasting_where_there_is_no_display(String form) throws Exception {
    SlotsCommand.Result result =
        world.logIn(
            page -> {
              URI back = Browser.agree(page);
              Map<String, String> query = LoginWorld.query(back);
              return Optional.of(
                  switch (form) {
                    case "address" -> back.toString();
                    case "code#state" -> query.get("code") + "#" + query.get("state");
                    case "query" -> back.getRawQuery();
                    default -> query.get("code");
                  });
            },
            "carol");
    assertExit(0, result);
    assertTrue(result.err().contains("DISPLAY"), result.err());
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @Test
  void programs_get_one_object_without_a_token_or_a_code() throws Exception {
    SlotsCommand.Result result = world.logIn(LoginWorld::paste, "carol", "--paste", "--json");
    Answer.of(0, result)
        .saysOfADirectory(
            "outcome", "slot", "added", "account", "expiresAt", "stashed", "message", "warnings")
        .is("outcome", "logged-in")
        .is("slot", "carol")
        .is("added", true)
        .is("account", "carol@example.test")
        .isTime("expiresAt")
        .isNull("stashed")
        .isSentence("message");
  }

  @Test
  void a_browser_of_another_attempt_gets_400_and_the_waiting_goes_on() throws Exception {
    AtomicReference<Integer> status = new AtomicReference<>();
    SlotsCommand.Result result =
        world.logIn(
            page -> {
              URI back = Browser.agree(page);
              String stranger = back.toString().replaceFirst("state=[^&]*", "state=somebody-elses");
              status.set(Browser.open(URI.create(stranger)).status());
              Browser.open(back);
              return Optional.empty();
            },
            "carol",
            "--no-browser");
    assertEquals(400, status.get());
    assertExit(0, result);
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @Test
  void what_is_pasted_of_another_attempt_is_refused_and_asked_for_again() throws Exception {
    SlotsCommand.Result mended =
        world.logIn(
            page -> {
              URI back = Browser.agree(page);
              return Optional.of("x#somebody-elses\n\n" + back);
            },
            "carol",
            "--paste");
    assertExit(0, mended);
    assertTrue(mended.err().contains("another login"), mended.err());

    SlotsCommand.Result given =
        world.logIn(page -> Optional.of("x#somebody-elses"), "dave", "--paste");
    assertExit(3, given);
    assertFalse(Files.exists(world.directory.slotFile("dave")));
  }

  @Test
  void a_port_that_somebody_has_is_told_and_then_it_is_pasted() throws Exception {
    try (ServerSocket taken =
        new ServerSocket(world.port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      SlotsCommand.Result result = world.logIn(LoginWorld::paste, "carol", "--no-browser");
      assertExit(0, result);
      assertTrue(result.err().contains("port " + taken.getLocalPort() + " is in use"));
    }
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @ParameterizedTest
  @CsvSource({"SSH_CONNECTION,SSH", "CI,CI", "CODESPACES,container"})
  void no_browser_is_opened_where_nobody_would_see_it(String variable, String said)
      throws Exception {
    Path opened = world.place().resolve("opened");
    SlotsCommand desktop = opening(opened).environment(Map.of("DISPLAY", ":0", variable, "1"));
    SlotsCommand.Result result = world.logIn(desktop, "exec \"$@\"", LoginWorld::paste, "carol");
    assertExit(0, result);
    assertTrue(result.err().contains(said), result.err());
    assertFalse(Files.exists(opened));
  }

  /** With a program for browsers that notes what it is asked to open. */
  private SlotsCommand opening(Path note) throws IOException {
    Path bin = Files.createDirectories(world.place().resolve("bin"));
    Path opener = bin.resolve("xdg-open");
    Files.writeString(
        opener,
        "#!/bin/sh\nprintf '%s' \"$1\" >" + note + ".new\nmv " + note + ".new " + note + "\n");
    Files.setPosixFilePermissions(opener, PosixFilePermissions.fromString("rwx------"));
    return world
        .program()
        .environment("PATH", bin + ":" + Optional.ofNullable(System.getenv("PATH")).orElse("/bin"));
  }

  @Test
  void on_a_desktop_the_browser_is_opened_at_the_page() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    Path opened = world.place().resolve("opened");
    SlotsCommand desktop = opening(opened).environment("DISPLAY", ":0");
    AtomicReference<String> page = new AtomicReference<>("");
    SlotsCommand.Result result =
        world.logIn(
            desktop,
            notInContainer() + world.onTerminal(),
            address -> {
              page.set(address.toString());
              return LoginWorld.agree(address);
            },
            "carol");
    assertExit(0, result);
    assertEquals(page.get(), Files.readString(opened));
  }

  /** If these tests themselves run in one, its marks are hidden from the program. */
  private static String notInContainer() {
    boolean inside =
        Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv"));
    if (!inside) {
      return "";
    }
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "in a container without strace");
    return "set -- strace -f -o /dev/null -P /.dockerenv -P /run/.containerenv"
        + " -e inject=%file:error=ENOENT \"$@\"; ";
  }

  @Test
  void what_is_pasted_on_a_terminal_is_not_shown() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    SlotsCommand.Result result = world.logInOnTerminal(LoginWorld::paste, "carol", "--paste");
    assertExit(0, result);
    assertTrue(result.err().contains("not shown here"), result.err());
    assertFalse(result.err().contains("FAKE-CODE"), result.err());
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @Test
  void another_persons_login_goes_to_the_stash_unless_it_is_accepted() throws Exception {
    SlotsCommand.Result refused = world.logIn(LoginWorld::paste, "bob");
    assertExit(3, refused);
    assertTrue(refused.err().contains("carol@example.test"), refused.err());
    assertTrue(refused.err().contains("slots stash claim bob --entry"), refused.err());
    assertBobIsAsHeWas();
    assertTrue(world.isOnDisk(world.server.current("carol")));

    assertExit(0, world.logIn(LoginWorld::paste, "bob", "--accept-account"));
    assertTrue(world.hasNewest("bob", "carol"));
    assertTrue(world.isOnDisk(world.bob));
    assertEquals(Optional.of("carol@example.test"), world.directory.identityEmail());
  }

  @Test
  void the_same_person_again() throws Exception {
    world.server.browserOf(world.bob);
    assertExit(0, world.logIn(LoginWorld::paste, "bob"));
    assertTrue(world.hasNewest("bob", "bob"));
    assertTrue(world.isOnDisk(world.bob));
    assertExit(0, world.run("auth", "refresh", "bob"));
    assertFalse(world.server.revoked("bob"));
  }

  @Test
  void nobody_comes_in_time() throws Exception {
    for (String way : new String[] {"--no-browser", "--paste"}) {
      SlotsCommand.Result result =
          world.logIn(page -> Optional.empty(), "bob", way, "--wait", "1s");
      assertExit(4, result);
      assertTrue(result.err().contains("nobody logged in within 1s"), result.err());
    }
    assertBobIsAsHeWas();
    assertEquals(0, world.server.requests().size());
  }

  @Test
  void the_server_says_no() throws Exception {
    world.server.denying("access_denied");
    SlotsCommand.Result result = world.logIn(LoginWorld::agree, "bob", "--no-browser");
    assertExit(3, result);
    assertTrue(result.err().contains("access_denied"), result.err());
    assertExit(3, world.logIn(LoginWorld::paste, "bob", "--paste"));
    assertEquals(0, world.server.requests().size());
    assertBobIsAsHeWas();
  }

  @Test
  void the_server_gives_nothing_for_the_code() throws Exception {
    world.server.browserOf(world.bob);
    world.server.next(
        Fault.status(500, "sk-ant-oat01-FAKE-bob-1-00"),
        Fault.status(400, "{\"error\":\"invalid_grant\"}"),
        Fault.status(429, "{}", "Retry-After", "60"),
        Fault.replyLost());
    assertExit(1, world.logIn(LoginWorld::paste, "bob"));
    assertExit(3, world.logIn(LoginWorld::paste, "bob"));
    assertExit(4, world.logIn(LoginWorld::paste, "bob"));
    assertExit(1, world.logIn(LoginWorld::paste, "bob"));
    assertBobIsAsHeWas();
    assertEquals(4, world.server.requests().size());
  }

  @Test
  void nobody_can_say_whose_it_is() throws Exception {
    world.server.nextProfile(Fault.status(500, ""), Fault.status(500, ""));
    assertExit(3, world.logIn(LoginWorld::paste, "bob"));
    assertBobIsAsHeWas();
    SlotsCommand.Result added = world.logIn(LoginWorld::paste, "carol");
    assertExit(0, added);
    assertTrue(added.err().contains("warning"), added.err());
  }
}
