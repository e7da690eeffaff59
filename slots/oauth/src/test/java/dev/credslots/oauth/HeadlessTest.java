package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadlessTest {

  private static Map<String, String> environment(String text) {
    Map<String, String> environment = new HashMap<>();
    for (String pair : text.split(" ")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        environment.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return environment;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux    | DISPLAY=:0",
        "Linux    | WAYLAND_DISPLAY=wayland-0",
        "Linux    | WSL_DISTRO_NAME=Ubuntu",
        "Linux    | DISPLAY=:0 CI=false SSH_TTY= container=",
        "Mac OS X | TERM=xterm",
        "Windows 11 | TERM=xterm"
      })
  void a_desktop_opens_a_browser(String os, String environment) {
    assertEquals(Optional.empty(), Headless.reason(environment(environment), os, file -> false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux    | TERM=xterm                           | DISPLAY",
        "Linux    | DISPLAY=                             | DISPLAY",
        "Linux    | DISPLAY=:0 SSH_CLIENT=1              | SSH_CLIENT",
        "Linux    | DISPLAY=localhost:10.0 SSH_TTY=/dev/pts/1 | SSH_TTY",
        "Mac OS X | SSH_CONNECTION=1                     | SSH_CONNECTION",
        "Linux    | DISPLAY=:0 REMOTE_CONTAINERS=true    | REMOTE_CONTAINERS",
        "Linux    | DISPLAY=:0 CODESPACES=true           | CODESPACES",
        "Linux    | DISPLAY=:0 container=podman          | container",
        "Linux    | WSL_DISTRO_NAME=Ubuntu CI=true       | CI",
        "Mac OS X | CI=1                                 | CI"
      })
  void where_nobody_would_see_one_it_says_why(String os, String environment, String why) {
    String reason = Headless.reason(environment(environment), os, file -> false).orElseThrow();
    assertTrue(reason.contains(why), reason);
  }

  @ParameterizedTest
  @CsvSource({"/.dockerenv", "/run/.containerenv"})
  void a_container_shows_by_what_is_at_its_root(String left) {
    assertTrue(
        Headless.reason(Map.of("DISPLAY", ":0"), "Linux", left::equals)
            .orElseThrow()
            .contains(left));
  }
}
