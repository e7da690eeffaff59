package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.WatchedPlaces.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchedPlacesTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  @TempDir Path temp;

  private static WatchedPlaces places(Watched world) {
    Settings settings = world.manager.settings();
    return new WatchedPlaces(settings, new SlotDirectory(settings));
  }

  @Test
  void what_we_write_ourselves_and_what_others_do_beside_it_wakes_nobody() throws Exception {
    try (Watched world = new Watched(temp.resolve("claude"));
        WatchedPlaces places = places(world)) {
      assertTrue(places.refresh());
      assertFalse(places.refresh(), "what is watched already is not watched anew");
      Files.writeString(world.path.resolve(".slots/journal.jsonl"), "\n");
      Files.createFile(world.path.resolve(".credentials.json.bob.tmp.slots-0123456789abcdef"));
      Files.createFile(world.path.resolve(".credentials.json.tmp.0badcafe"));
      Files.createFile(world.path.resolve(".credentials.json.bob.fingerprint.json.tmp1"));
      Files.createFile(world.path.resolve("history.jsonl"));
      Files.createDirectory(world.path.resolve(".oauth_refresh.lock"));
      Files.createDirectory(temp.resolve("claude.lock"));
      Files.createFile(temp.resolve("unrelated"));
      world.manager.capture("alice");
      // Events come in order: had one of these counted, it would be with this one or before it.
      Files.writeString(world.directory.slotFile("alice"), " ");
      assertEquals(EnumSet.of(Change.SLOT), places.await(LONG));
      assertEquals(Set.of(), places.await(1));
    }
  }

  @Test
  void each_change_is_told_for_what_it_is() throws Exception {
    try (Watched world = new Watched(temp.resolve("claude"));
        WatchedPlaces places = places(world)) {
      places.refresh();
      world.rename(world.bob.rotate());
      assertEquals(EnumSet.of(Change.LIVE), places.await(LONG));
      world.directory.identity(world.alice);
      assertEquals(EnumSet.of(Change.IDENTITY), places.await(LONG));
      Files.move(world.path, temp.resolve("away"));
      assertEquals(EnumSet.of(Change.PLACE), places.await(LONG));
    }
  }

  /** One watch has both names of the directory, the link and what the live link leads to. */
  @Test
  void a_directory_that_is_reached_by_a_link_is_heard_by_whatever_name() throws Exception {
    for (String link : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
      Path real = temp.resolve("behind-" + link);
      Files.createSymbolicLink(temp.resolve(link), Files.createDirectory(real));
      try (Watched world = new Watched(temp.resolve(link));
          WatchedPlaces places = places(world)) {
        places.refresh();
        world.rename(world.bob.rotate());
        assertEquals(EnumSet.of(Change.LIVE), places.await(LONG), link);
        Files.delete(world.directory.livePath());
        assertEquals(EnumSet.of(Change.LIVE), places.await(LONG), link);
        places.refresh(); // Nothing is behind the link now, so one name is let go.
        Files.writeString(world.directory.slotFile("alice"), " ");
        assertEquals(EnumSet.of(Change.SLOT), places.await(LONG), link);
      }
    }
  }
}
