package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountPointTest {
  private static final String MOUNTS =
      """
      28 1 252:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      900 28 252:1 /srv/login.json /home/bob/.claude/.credentials.json rw - ext4 /dev/sda1 rw
      901 28 252:1 /x /home/a\\040blank/back\\134slash rw,relatime - ext4 /dev/sda1 rw
      902 28
      """;

  @ParameterizedTest
  @CsvSource({
    "/home/bob/.claude/.credentials.json, true",
    "/home/bob/.claude/.credentials.json.bob, false",
    "/home/bob/.claude, false",
    "/srv/login.json, false",
    "/home/a blank/back\\slash, true"
  })
  void a_path_is_looked_up_in_the_kernels_list(String path, boolean listed) {
    assertEquals(listed, MountPoint.listed(MOUNTS, path));
  }

  @Test
  void a_plain_file_is_none(@TempDir Path directory) throws IOException {
    assertFalse(MountPoint.at(Files.createFile(directory.resolve("plain"))));
    assertFalse(MountPoint.at(directory.resolve("absent")));
  }
}
