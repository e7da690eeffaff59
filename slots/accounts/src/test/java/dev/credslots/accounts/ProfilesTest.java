package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.StoreException;
import dev.credslots.accounts.ProfileOutcome.Done;
import dev.credslots.accounts.ProfileOutcome.Refused;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfilesTest {
  private static final Secret KEY = Secret.of("sk-ant-api03-FAKE-key");
  private static final Secret OTHER_KEY = Secret.of("sk-ant-api03-FAKE-other");

  @TempDir Path temp;
  private Path data;
  private final FakeTokenStore keys = new FakeTokenStore();
  private Profiles profiles;

  @BeforeEach
  void begin() {
    data = temp.resolve("share/slots");
    profiles = new Profiles(data, () -> keys, Duration.ofSeconds(5));
  }

  private Profile.OAuth oauth(String name) {
    return new Profile.OAuth(name, profiles.ownDirectory(name));
  }

  private static Profile.ApiKey apiKey(String name) {
    return new Profile.ApiKey(name, Optional.empty());
  }

  private void add(String name) throws Exception {
    assertInstanceOf(Done.class, profiles.add(oauth(name), Optional.empty(), false));
  }

  private void addKey(String name) throws Exception {
    assertInstanceOf(Done.class, profiles.add(apiKey(name), Optional.of(KEY), false));
  }

  private Path login(String profile) throws IOException {
    return Files.writeString(profiles.ownDirectory(profile).resolve(".credentials.json"), "{}");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static void assertRefused(String part, ProfileOutcome outcome) {
    assertInstanceOf(Refused.class, outcome);
    assertTrue(outcome.message().contains(part), outcome.message());
  }

  @Test
  void the_first_profile_becomes_active_and_later_ones_do_not() throws Exception {
    add("work");
    addKey("ci");
    assertEquals(Optional.of("work"), profiles.read().active());
    profiles.use(Optional.of("ci"));
    assertEquals(Optional.of("ci"), profiles.read().active());
    profiles.use(Optional.empty());
    assertEquals(Optional.empty(), profiles.read().active());
    add("home");
    assertEquals(Optional.empty(), profiles.read().active());
    assertRefused("there is no profile gone", profiles.use(Optional.of("gone")));
  }

  @Test
  void directories_and_files_are_their_owners_alone() throws Exception {
    add("work");
    assertEquals("rwx------", mode(data));
    assertEquals("rwx------", mode(data.resolve("profiles")));
    assertEquals("rwx------", mode(profiles.ownDirectory("work")));
    assertEquals("rw-------", mode(profiles.path()));
  }

  @Test
  void the_key_is_in_the_store_and_not_in_the_registry() throws Exception {
    addKey("ci");
    assertEquals(Optional.of(KEY), profiles.key(apiKey("ci")));
    assertFalse(Files.readString(profiles.path()).contains("FAKE"));
  }

  @Test
  void a_profile_whose_key_cannot_be_kept_is_not_added() throws Exception {
    add("work");
    byte[] before = Files.readAllBytes(profiles.path());
    keys.locked = true;
    assertThrows(
        TokenStoreException.class, () -> profiles.add(apiKey("ci"), Optional.of(KEY), false));
    assertThrows(
        TokenStoreException.class, () -> profiles.add(apiKey("ci"), Optional.of(KEY), true));
    assertArrayEquals(before, Files.readAllBytes(profiles.path()));
  }

  @Test
  void a_name_is_taken_once() throws Exception {
    add("work");
    assertRefused("exists already", profiles.add(apiKey("work"), Optional.of(KEY), true));
    assertTrue(keys.secrets.isEmpty());
  }

  static List<String> badNames() {
    List<String> names = new ArrayList<>();
    names.addAll(List.of("../escape", "a/b", ".", "..", "", "/abs", "with space", ".hidden"));
    names.addAll(List.of("work\n", "x".repeat(65), "wоrk", "ｗork", "work\u200b", "default"));
    names.addAll(List.of("Default", "lock", "work.lock"));
    return names;
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void a_name_that_is_none_names_no_profile(String name) throws Exception {
    assertTrue(Profile.nameProblem(name).isPresent());
    assertThrows(IllegalArgumentException.class, () -> apiKey(name));
    addKey("ci");
    byte[] before = Files.readAllBytes(profiles.path());
    assertInstanceOf(Refused.class, profiles.rename("ci", name));
    assertInstanceOf(Refused.class, profiles.remove(name, true, true));
    assertInstanceOf(Refused.class, profiles.use(Optional.of(name)));
    assertArrayEquals(before, Files.readAllBytes(profiles.path()));
    assertEquals(List.of("slots-profile-ci"), List.copyOf(keys.secrets.keySet()));
  }

  @Test
  void the_active_profile_is_removed_by_force_alone_and_its_login_stays() throws Exception {
    add("work");
    Path login = login("work");
    assertRefused("--force", profiles.remove("work", false, true));
    assertTrue(Files.exists(login));
    assertInstanceOf(Done.class, profiles.remove("work", true, false));
    assertEquals(ProfileRegistry.EMPTY, profiles.read());
    assertTrue(Files.exists(login));
  }

  @Test
  void a_name_whose_login_is_still_there_is_added_again_on_word_alone() throws Exception {
    add("work");
    Path login = login("work");
    profiles.remove("work", true, false);
    assertRefused("login", profiles.add(oauth("work"), Optional.empty(), false));
    assertEquals(ProfileRegistry.EMPTY, profiles.read());
    assertInstanceOf(Done.class, profiles.add(oauth("work"), Optional.empty(), true));
    assertTrue(Files.exists(login));
  }

  @Test
  void a_key_that_is_still_there_is_replaced_on_word_alone() throws Exception {
    addKey("ci");
    profiles.remove("ci", true, false);
    assertRefused("key", profiles.add(apiKey("ci"), Optional.of(OTHER_KEY), false));
    assertEquals(Optional.of(KEY), profiles.key(apiKey("ci")));
    assertInstanceOf(Done.class, profiles.add(apiKey("ci"), Optional.of(OTHER_KEY), true));
    assertEquals(Optional.of(OTHER_KEY), profiles.key(apiKey("ci")));
  }

  @Test
  void purging_deletes_the_own_directory_and_not_what_links_in_it_lead_to() throws Exception {
    add("work");
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Path precious = Files.writeString(outside.resolve("precious"), "x");
    Path own = profiles.ownDirectory("work");
    login("work");
    Files.createDirectories(own.resolve("projects/x"));
    Files.createSymbolicLink(own.resolve("link"), outside);
    Files.createSymbolicLink(own.resolve("projects/file"), precious);
    assertInstanceOf(Done.class, profiles.remove("work", true, true));
    assertFalse(Files.exists(own, LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(precious));
  }

  @Test
  void purging_what_a_link_was_put_in_place_of_deletes_the_link_alone() throws Exception {
    add("work");
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Path precious = Files.writeString(outside.resolve("precious"), "x");
    Files.delete(profiles.ownDirectory("work"));
    Files.createSymbolicLink(profiles.ownDirectory("work"), outside);
    profiles.remove("work", true, true);
    assertTrue(Files.exists(precious));

    add("home");
    Path moved = Files.move(data.resolve("profiles"), temp.resolve("moved"));
    Path kept = Files.writeString(moved.resolve("home/precious"), "x");
    Files.createSymbolicLink(data.resolve("profiles"), moved);
    assertThrows(StoreException.class, () -> profiles.remove("home", true, true));
    assertTrue(Files.exists(kept));
  }

  @Test
  void purging_forgets_the_key_and_leaves_a_directory_that_was_brought_along() throws Exception {
    addKey("ci");
    profiles.remove("ci", true, true);
    assertTrue(keys.secrets.isEmpty());

    Path brought = Files.createDirectories(temp.resolve("mine"));
    profiles.add(new Profile.OAuth("work", brought), Optional.empty(), false);
    assertInstanceOf(Done.class, profiles.remove("work", true, true));
    assertTrue(Files.isDirectory(brought));
  }

  @Test
  void two_profiles_never_have_one_directory() throws Exception {
    add("work");
    Files.createSymbolicLink(temp.resolve("way"), profiles.ownDirectory("work"));
    for (Path directory : List.of(profiles.ownDirectory("work"), temp.resolve("way"))) {
      assertRefused(
          "profile work",
          profiles.add(new Profile.OAuth("other", directory), Optional.empty(), true));
    }
    profiles.rename("work", "job");
    assertRefused("profile job", profiles.add(oauth("work"), Optional.empty(), true));
  }

  @Test
  void a_link_is_no_directory_of_its_own() throws Exception {
    Files.createDirectories(data.resolve("profiles"));
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.createSymbolicLink(data.resolve("profiles/work"), outside);
    assertRefused("move it away", profiles.add(oauth("work"), Optional.empty(), true));
    assertRefused(
        "--config-dir",
        profiles.add(new Profile.OAuth("other", temp.resolve("missing")), Optional.empty(), true));
  }

  @Test
  void a_renamed_profile_keeps_its_directory_and_its_key_and_stays_active() throws Exception {
    add("work");
    addKey("ci");
    Path login = login("work");
    assertInstanceOf(Done.class, profiles.rename("work", "job"));
    assertInstanceOf(Done.class, profiles.rename("ci", "build"));
    ProfileRegistry after = profiles.read();
    assertEquals(Optional.of("job"), after.active());
    assertEquals(Optional.of(new Profile.OAuth("job", login.getParent())), after.find("job"));
    assertEquals(Optional.of(KEY), profiles.key(apiKey("build")));
    assertEquals(List.of("slots-profile-build"), List.copyOf(keys.secrets.keySet()));
    assertRefused("exists already", profiles.rename("job", "build"));
    assertRefused("there is no profile", profiles.rename("gone", "new"));
  }

  @Test
  void renaming_does_not_overwrite_a_key_that_was_left() throws Exception {
    addKey("old");
    profiles.remove("old", true, false);
    profiles.add(apiKey("ci"), Optional.of(OTHER_KEY), false);
    assertRefused("key", profiles.rename("ci", "old"));
    assertEquals(Optional.of(KEY), profiles.key(apiKey("old")));
  }

  @Test
  void a_key_is_replaced_in_its_profile_alone() throws Exception {
    add("work");
    addKey("ci");
    assertInstanceOf(Done.class, profiles.replaceKey("ci", OTHER_KEY));
    assertEquals(Optional.of(OTHER_KEY), profiles.key(apiKey("ci")));
    assertInstanceOf(Refused.class, profiles.replaceKey("work", OTHER_KEY));
    assertInstanceOf(Refused.class, profiles.replaceKey("gone", OTHER_KEY));
    assertEquals(1, keys.secrets.size());
  }

  @Test
  void a_registry_others_can_read_is_tightened_by_the_next_change() throws Exception {
    add("work");
    Files.setPosixFilePermissions(profiles.path(), PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(profiles.exposed());
    profiles.use(Optional.of("work"));
    assertEquals("rw-------", mode(profiles.path()));
  }

  @Test
  void a_registry_that_is_none_is_neither_taken_for_empty_nor_overwritten() throws Exception {
    add("work");
    String corrupt = "{\"version\":1,\"profiles\":{\"ci\":{\"apiKey\":\"sk-FAKE\"}}}";
    Files.writeString(profiles.path(), corrupt);
    assertThrows(StoreException.class, () -> profiles.read());
    assertThrows(StoreException.class, () -> add("home"));
    assertThrows(StoreException.class, () -> profiles.use(Optional.empty()));
    assertThrows(StoreException.class, () -> profiles.remove("work", true, true));
    assertThrows(StoreException.class, () -> profiles.rename("work", "job"));
    assertEquals(corrupt, Files.readString(profiles.path()));
    assertTrue(Files.exists(profiles.ownDirectory("work")));
    assertFalse(Files.exists(profiles.ownDirectory("home")));
  }
}
