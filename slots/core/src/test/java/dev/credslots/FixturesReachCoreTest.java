package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.credslots.testkit.CredentialsDirectory;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class FixturesReachCoreTest {
  @Test
  void a_credentials_directory_can_be_built_in_memory() throws Exception {
    try (var fileSystem = Jimfs.newFileSystem(Configuration.unix())) {
      var directory =
          CredentialsDirectory.in(Files.createDirectory(fileSystem.getPath("/d")))
              .slot("bob", "{}");
      assertEquals("{}", Files.readString(directory.slotFile("bob")));
    }
  }
}
