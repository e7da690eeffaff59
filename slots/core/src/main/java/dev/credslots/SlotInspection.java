package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Layout;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for slots that are of no use, of one login, or of which only remains are left. */
final class SlotInspection {
  private final Layout layout;
  private final SlotDirectory directory;

  SlotInspection(Layout layout, SlotDirectory directory) {
    this.layout = layout;
    this.directory = directory;
  }

  List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>();
    Map<String, SlotReading> slots = new LinkedHashMap<>();
    for (String name : directory.names()) {
      slots.put(name, directory.read(name));
    }
    for (Map.Entry<String, SlotReading> slot : slots.entrySet()) {
      useless(slot.getKey(), slot.getValue(), findings);
    }
    duplicates(slots, findings);
    owners(slots, findings);
    for (Path sidecar : orphanedSidecars()) {
      findings.add(
          new Finding(
              "sidecar",
              Finding.Severity.INFO,
              sidecar + " is the fingerprint of a slot that is gone",
              "slots doctor --fix removes it",
              true));
    }
    for (String copy : directory.discover().copies()) {
      findings.add(
          new Finding(
              "copy",
              Finding.Severity.INFO,
              copy + " looks like a copy made by hand and is no slot",
              "slots add NAME --from it, if it is a login of its own",
              false));
    }
    return findings;
  }

  private void useless(String name, SlotReading slot, List<Finding> findings) throws IOException {
    String word = slot.state().word();
    switch (slot.state()) {
      case UNREADABLE, WIPED ->
          findings.add(
              new Finding(
                  "slot-" + word,
                  Finding.Severity.ERROR,
                  "slot "
                      + name
                      + " is "
                      + word
                      + (slot.problem().isEmpty() ? "" : ": " + slot.problem()),
                  restorable(name, slot)
                      ? "slots restore " + name + " brings an earlier login back; or log in again"
                      : "log in again",
                  false));
      case REJECTED ->
          findings.add(
              warning(
                  "slot-rejected",
                  "slot " + name + " has a token that a server refused",
                  restorable(name, slot)
                      ? "log in again, or: slots restore " + name
                      : "log in again"));
      case SUSPECT ->
          findings.add(
              warning(
                  "slot-suspect",
                  "a newer login that may be slot " + name + "'s is in the stash",
                  "slots stash claim " + name + ", or: slots stash drop " + name));
      default -> {}
    }
  }

  /** Whether a generation is kept that is another login than the slot's. */
  private boolean restorable(String name, SlotReading slot) throws IOException {
    Optional<String> bytes = slot.hash().map(Fingerprint::abbreviated);
    Optional<String> token = slot.token().map(Fingerprint::abbreviated);
    return new Generations(layout)
        .of(name).stream()
            .anyMatch(
                kept ->
                    !bytes.equals(Optional.of(kept.bytes()))
                        && !token.equals(Optional.of(kept.token())));
  }

  /** Two slots of one login revoke each other when both refresh: refresh tokens are single use. */
  private static void duplicates(Map<String, SlotReading> slots, List<Finding> findings) {
    Map<String, String> seen = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          Optional<String> token = slot.token().map(Fingerprint::sha256);
          Optional<String> account = slot.accountId().map(Identity::name);
          Optional<String> twin = token.map(seen::get).or(() -> account.map(seen::get));
          twin.ifPresent(
              other ->
                  findings.add(
                      warning(
                          "duplicate-login",
                          "slots "
                              + other
                              + " and "
                              + name
                              + " are of one login: each refresh revokes the other's token",
                          "slots remove one of them")));
          token.ifPresent(key -> seen.putIfAbsent(key, name));
          account.ifPresent(key -> seen.putIfAbsent(key, name));
        });
  }

  private void owners(Map<String, SlotReading> slots, List<Finding> findings) {
    Ownership.attributes(layout.directory())
        .ifPresent(
            directoryOwner ->
                slots.forEach(
                    (name, slot) ->
                        Ownership.attributes(layout.slot(name))
                            .filter(file -> !file.owner().equals(directoryOwner.owner()))
                            .ifPresent(
                                file ->
                                    findings.add(
                                        new Finding(
                                            "owner",
                                            Finding.Severity.ERROR,
                                            layout.slot(name)
                                                + " belongs to "
                                                + file.owner().getName(),
                                            "chown "
                                                + directoryOwner.owner().getName()
                                                + " "
                                                + layout.slot(name),
                                            false)))));
  }

  /** Fingerprints whose slot does not exist; they are evidence of nothing. */
  List<Path> orphanedSidecars() throws IOException {
    Path sample = layout.sidecar("x");
    Path place = sample.getParent();
    String[] around = layout.fingerprintTemplate().split("\\{slot}", -1);
    String prefix = around[0].substring(around[0].lastIndexOf('/') + 1);
    String suffix = around[1];
    List<Path> orphans = new ArrayList<>();
    if (place == null || suffix.contains("/")) {
      return orphans;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(place)) {
      for (Path file : files) {
        String text = file.getFileName().toString();
        if (text.length() > prefix.length() + suffix.length()
            && text.startsWith(prefix)
            && text.endsWith(suffix)) {
          String name = text.substring(prefix.length(), text.length() - suffix.length());
          if (SlotNames.problem(name).isEmpty()
              && Files.isRegularFile(file)
              && !Files.exists(layout.slot(name))) {
            orphans.add(file);
          }
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return orphans;
  }

  private static Finding warning(String code, String message, String remedy) {
    return new Finding(code, Finding.Severity.WARNING, message, remedy, false);
  }
}
