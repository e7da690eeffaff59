package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import dev.credslots.credential.SlotState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveLoginTest {
  private final World world = World.inMemory();

  private LiveLogin login() {
    return world.discovering().liveLogin();
  }

  private static Optional<Fingerprint> token(String refreshToken) {
    return Optional.of(Fingerprint.of(Secret.of(refreshToken)));
  }

  private void account(String uuid) throws Exception {
    World.write(
        world.directory.resolve(".claude.json"),
        "{\"oauthAccount\":{\"accountUuid\":\"" + uuid + "\"}}");
  }

  @Test
  void a_directory_without_slots_has_a_login_too() throws Exception {
    world.clientWrites(World.fresh("bob-1"));
    account("u-bob");
    LiveLogin login = login();
    assertEquals(SlotState.FRESH, login.state());
    assertEquals(Optional.empty(), login.slot());
    assertEquals(token("bob-1"), login.refreshToken());
    assertEquals("u-bob", login.account().orElseThrow().accountUuid());
    assertEquals(Optional.of(World.NOW.plusSeconds(6 * World.HOUR)), login.expiresAt());
  }

  @Test
  void of_a_link_it_is_the_slots_and_known_as_what_the_slot_is() throws Exception {
    world.trio();
    assertEquals(Optional.of("bob"), login().slot());
    assertEquals(SlotState.FRESH, login().state());
    world.manager().reject("bob");
    assertEquals(SlotState.REJECTED, login().state());
  }

  @Test
  void of_a_link_elsewhere_it_is_what_a_client_reads_there() throws Exception {
    Path elsewhere = world.directory.resolve("elsewhere");
    World.write(elsewhere, World.fresh("other-1"));
    Files.createSymbolicLink(world.live, elsewhere);
    assertEquals(token("other-1"), login().refreshToken());
    assertEquals(Optional.empty(), login().slot());
  }

  @Test
  void what_is_useless_is_said_to_be() throws Exception {
    assertEquals(SlotState.MISSING, login().state());
    assertEquals("there is no login", login().reason());
    Map<String, SlotState> contents =
        Map.of(
            "rubbish",
            SlotState.UNREADABLE,
            World.wiped(),
            SlotState.WIPED,
            World.expired(),
            SlotState.EXPIRED,
            World.login("bob-1", -60),
            SlotState.REFRESHABLE);
    for (Map.Entry<String, SlotState> content : contents.entrySet()) {
      world.clientWrites(content.getKey());
      assertEquals(content.getValue(), login().state());
      assertFalse(login().reason().isBlank());
    }
    Files.delete(world.live);
    Files.createSymbolicLink(world.live, world.directory.resolve("nowhere"));
    assertEquals(SlotState.MISSING, login().state());
  }

  @Test
  void two_logins_share_by_token_or_by_account_and_never_by_what_is_unknown() throws Exception {
    world.clientWrites(World.fresh("bob-1"));
    World other = World.inMemory();
    other.clientWrites(World.fresh("alice-1"));
    LiveLogin alice = other.discovering().liveLogin();
    assertFalse(login().sharesWith(alice), "nobody knows the accounts");
    world.clientWrites(World.fresh("alice-1"));
    assertTrue(login().sharesWith(alice));

    world.clientWrites(World.fresh("bob-1"));
    account("u-1");
    assertFalse(login().sharesWith(alice), "of one the account is unknown");
    World.write(
        other.directory.resolve(".claude.json"), "{\"oauthAccount\":{\"accountUuid\":\"u-1\"}}");
    assertTrue(login().sharesWith(other.discovering().liveLogin()));
    account("u-2");
    assertFalse(login().sharesWith(other.discovering().liveLogin()));
  }

  @Test
  void a_slot_that_has_or_had_the_token_or_is_of_the_account_is_found() throws Exception {
    world.trio();
    account("u-bob");
    world.manager().capture("bob");
    world.slot("bob", World.fresh("bob-2"));
    World other = World.inMemory();
    for (String token : new String[] {"bob-1", "bob-2"}) {
      other.clientWrites(World.fresh(token));
      assertEquals(
          Optional.of("bob"), world.manager().slotSharing(other.discovering().liveLogin()), token);
    }
    other.clientWrites(World.fresh("new-1"));
    assertEquals(Optional.empty(), world.manager().slotSharing(other.discovering().liveLogin()));
    World.write(
        other.directory.resolve(".claude.json"), "{\"oauthAccount\":{\"accountUuid\":\"u-bob\"}}");
    assertEquals(Optional.of("bob"), world.manager().slotSharing(other.discovering().liveLogin()));
  }
}
