package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.Browser;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.OAuthServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built program logs people in to Codex. Every form of pasting and every error is the same code
 * as Claude's, and run without a process beside it.
 */
@Timeout(180)
class CodexLoginTest {
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
    Path place = scratch.toRealPath().resolve("world-" + worlds++);
    world = new LoginWorld(place, program, FakeClient.CODEX);
  }

  @AfterEach
  void nothing_escaped() throws Exception {
    world.assertNothingEscaped();
    world.close();
  }

  @Test
  void by_the_browser_that_was_sent_and_by_no_other() throws Exception {
    AtomicReference<Integer> stranger = new AtomicReference<>();
    AtomicReference<URI> page = new AtomicReference<>();
    SlotsCommand.Result result =
        world.logIn(
            address -> {
              page.set(address);
              URI back = Browser.agree(address);
              String other = back.toString().replaceFirst("state=[^&]*", "state=somebody-elses");
              stranger.set(Browser.open(URI.create(other)).status());
              Browser.open(back);
              return Optional.empty();
            },
            "carol",
            "--no-browser");
    assertExit(0, result);
    assertEquals(400, stranger.get());
    assertEquals("true", LoginWorld.query(page.get()).get("codex_cli_simplified_flow"));
    assertTrue(result.out().contains("carol@example.test"), result.toString());
    assertFalse(result.err().contains("warning"), result.err());
    assertTrue(world.hasNewest("carol", "carol"));
    String file = Files.readString(world.directory.slotFile("carol"));
    assertTrue(file.contains("\"id_token\":\"" + world.carol.idToken() + "\""));
    assertTrue(file.contains("\"account_id\":\"" + world.carol.accountUuid() + "\""));
    OAuthServer.Request asked = world.server.requests().get(0);
    assertFalse(asked.json());
    assertEquals("app_EMoamEEZ73f0CkXaXp7hrann", asked.clientId());
    assertEquals(Optional.of("bob"), world.directory.linkTarget());
    assertExit(0, world.run("switch", "carol"));
    assertExit(0, world.run("auth", "refresh", "carol"));
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @Test
  void a_port_that_codex_itself_has_is_told_and_then_it_is_pasted() throws Exception {
    InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket taken = new ServerSocket(world.port, 1, own)) {
      SlotsCommand.Result result =
          world.logIn(LoginWorld::paste, "carol", "--no-browser", "--json");
      assertTrue(result.err().contains("port " + taken.getLocalPort() + " is in use"));
      Answer.of(0, result)
          .is("outcome", "logged-in")
          .is("account", "carol@example.test")
          .isTime("expiresAt");
    }
    assertTrue(world.hasNewest("carol", "carol"));
  }

  @Test
  void another_persons_login_goes_to_the_stash_unless_it_is_accepted() throws Exception {
    SlotsCommand.Result refused = world.logIn(LoginWorld::paste, "bob", "--paste");
    assertExit(3, refused);
    assertTrue(refused.err().contains("carol@example.test"), refused.err());
    assertTrue(refused.err().contains("slots stash claim bob --entry"), refused.err());
    assertArrayEquals(
        world.bob.credentialJson(), Files.readAllBytes(world.directory.slotFile("bob")));
    assertTrue(world.isOnDisk(world.server.current("carol")));

    assertExit(0, world.logIn(LoginWorld::paste, "bob", "--paste", "--accept-account"));
    assertTrue(world.hasNewest("bob", "carol"));
    assertTrue(world.isOnDisk(world.bob));
    assertEquals(Optional.of("bob"), world.directory.linkTarget());
  }
}
