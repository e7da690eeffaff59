package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Evidence;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Rank;
import dev.credslots.verdict.Succession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what speaks for whose the live path is; {@code Judge} decides. Reads only. */
final class Gathering {
  private final SlotDirectory directory;
  private final Identities identities;

  Gathering(SlotDirectory directory) {
    this.directory = directory;
    this.identities = new Identities(directory);
  }

  Facts facts(LiveReading live, Optional<String> chosen, Facts.Request request) {
    return live.kind() == Facts.Kind.FILE
        ? ofFile(live, chosen, request)
        : new Facts(
            live.kind(),
            live.state(),
            live.linked(),
            live.linked()
                .flatMap(slot -> live.file().map(file -> identities.of(slot, file).state())),
            List.of(),
            Map.of(),
            chosen,
            Map.of(),
            request);
  }

  private Facts ofFile(LiveReading live, Optional<String> chosen, Facts.Request request) {
    SlotReading file = live.file().orElseThrow();
    List<Evidence> evidence = new ArrayList<>();
    Map<String, Succession> succession = new HashMap<>();
    Map<String, SlotState> states = new HashMap<>();
    for (String name : directory.names()) {
      SlotReading slot = directory.read(name);
      states.put(name, slot.state());
      if (sameBytes(file, slot)) {
        evidence.add(new Evidence(Rank.BYTES, name, "the live bytes are the slot's"));
      }
      ofLineage(name, file, slot, evidence, succession);
    }
    request
        .told()
        .ifPresent(name -> evidence.add(new Evidence(Rank.WORD, name, "the caller says so")));
    return new Facts(
        live.kind(),
        file.state(),
        Optional.empty(),
        Optional.empty(),
        evidence,
        succession,
        chosen,
        states,
        request);
  }

  private void ofLineage(
      String name,
      SlotReading file,
      SlotReading slot,
      List<Evidence> evidence,
      Map<String, Succession> succession) {
    Optional<Fingerprint> token = file.token();
    Optional<Credential> login = file.credential();
    if (token.isEmpty() || login.isEmpty()) {
      return;
    }
    List<Fingerprint> lineage = directory.lineage(name);
    if (slot.token().equals(token)) {
      evidence.add(new Evidence(Rank.LINEAGE, name, "the slot has the same refresh token"));
    } else if (lineage.contains(token.get())) {
      evidence.add(new Evidence(Rank.LINEAGE, name, "the slot had this refresh token before"));
    } else {
      return;
    }
    succession.put(name, Succession.of(lineage, login.get(), slot.credential()));
  }

  private static boolean sameBytes(SlotReading one, SlotReading other) {
    return one.bytes().isPresent()
        && other.bytes().isPresent()
        && Arrays.equals(one.bytes().get(), other.bytes().get());
  }
}
