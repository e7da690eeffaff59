package dev.credslots.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The person's browser, opened by the system's own program for that. */
final class WebBrowser {
  private final Map<String, String> environment;
  private final String operatingSystem;

  WebBrowser(Map<String, String> environment, String operatingSystem) {
    this.environment = environment;
    this.operatingSystem = operatingSystem.toLowerCase(Locale.ROOT);
  }

  /** Opens a page and waits for nothing; whether there was a program to ask. */
  boolean open(URI page) {
    ProcessBuilder builder = new ProcessBuilder(command(page.toString()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    File nowhere = Redirect.DISCARD.file();
    builder.redirectInput(Redirect.from(nowhere));
    builder.redirectOutput(Redirect.DISCARD);
    builder.redirectError(Redirect.DISCARD);
    try {
      builder.start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> command(String page) {
    if (operatingSystem.startsWith("mac")) {
      return List.of("/usr/bin/open", page);
    }
    return operatingSystem.startsWith("windows")
        ? List.of("rundll32", "url.dll,FileProtocolHandler", page)
        : List.of("xdg-open", page);
  }
}
