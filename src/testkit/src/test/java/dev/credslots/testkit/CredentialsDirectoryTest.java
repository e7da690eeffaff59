package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsDirectoryTest {
  @Test
  void a_slot_is_a_file_beside_the_live_path(@TempDir Path directory) throws Exception {
    CredentialsDirectory.in(directory).slot("bob", "{}");
    assertEquals("{}", Files.readString(directory.resolve(".credentials.json.bob")));
  }
}
