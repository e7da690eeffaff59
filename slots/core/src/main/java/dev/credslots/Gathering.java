package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Evidence;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Marker;
import dev.credslots.verdict.Rank;
import dev.credslots.verdict.Succession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

  Facts facts(LiveReading live, Memory memory, Facts.Request request) {
    return live.kind() == Facts.Kind.FILE
        ? new OfFile(live.file().orElseThrow(), memory, request).facts()
        : new Facts(
            live.kind(),
            live.state(),
            live.linked(),
            live.linked()
                .flatMap(
                    slot ->
                        live.file()
                            .map(file -> identities.of(slot, file, memory::loggedIn).state())),
            List.of(),
            Map.of(),
            Facts.Newcomer.NO,
            memory.chosen(),
            Map.of(),
            request);
  }

  /** The evidence for one detached file. */
  private final class OfFile {
    private final SlotReading file;
    private final Optional<AccountId> inFile;
    private final Memory memory;
    private final Facts.Request request;
    private final Map<String, SlotReading> slots = new LinkedHashMap<>();
    private final List<Evidence> evidence = new ArrayList<>();
    private final Map<String, Succession> succession = new HashMap<>();

    OfFile(SlotReading file, Memory memory, Facts.Request request) {
      this.file = file;
      Optional<Credential> login = file.credential();
      this.inFile = login.isPresent() ? login.get().account() : Optional.empty();
      this.memory = memory;
      this.request = request;
      for (String name : directory.names()) {
        slots.put(name, directory.read(name));
      }
    }

    Facts facts() {
      slots.forEach(this::bytes);
      slots.forEach(this::lineage);
      Marker marker = marker();
      Facts.Newcomer newcomer =
          marker instanceof Marker.NewLogin ? Facts.Newcomer.LOGIN : Facts.Newcomer.NO;
      if (inFile.isPresent()) {
        if (accountInFile(inFile.get())) {
          newcomer = Facts.Newcomer.ACCOUNT;
        }
      } else if (!(marker instanceof Marker.Same) && account()) {
        // Who is logged in says nothing about a file that is a refresh of a login we know.
        newcomer = Facts.Newcomer.ACCOUNT;
      }
      request.told().ifPresent(name -> add(Rank.WORD, name, "the caller says so"));
      memory.chosen().ifPresent(this::journal);
      Map<String, SlotState> states = new HashMap<>();
      slots.forEach((name, slot) -> states.put(name, slot.state()));
      return new Facts(
          Facts.Kind.FILE,
          file.state(),
          Optional.empty(),
          Optional.empty(),
          evidence,
          succession,
          newcomer,
          memory.chosen(),
          states,
          request);
    }

    private void add(Rank rank, String slot, String detail) {
      evidence.add(new Evidence(rank, slot, detail));
    }

    private void bytes(String name, SlotReading slot) {
      Optional<byte[]> one = file.bytes();
      Optional<byte[]> other = slot.bytes();
      if (one.isPresent() && other.isPresent() && Arrays.equals(one.get(), other.get())) {
        add(Rank.BYTES, name, "the live bytes are the slot's");
      }
    }

    private void lineage(String name, SlotReading slot) {
      Optional<Fingerprint> token = file.token();
      Optional<Credential> login = file.credential();
      if (token.isEmpty() || login.isEmpty()) {
        return;
      }
      if (slot.token().equals(token)) {
        add(Rank.LINEAGE, name, "the slot has the same refresh token");
      } else if (slot.lineage().contains(token.get())) {
        add(Rank.LINEAGE, name, "the slot had this refresh token before");
      } else {
        return;
      }
      succession.put(name, Succession.of(slot.lineage(), login.get(), slot.credential()));
    }

    private Marker marker() {
      Map<String, List<Instant>> known = new HashMap<>();
      slots.forEach((name, slot) -> known.put(name, slot.markers()));
      Marker marker = Marker.of(file.credential().flatMap(Credential::loginExpiresAt), known);
      if (marker instanceof Marker.Same same) {
        add(Rank.MARKER, same.slot(), "the login ends when the slot's does");
      }
      return marker;
    }

    /** Returns whether somebody logged in whom no slot knows. */
    private boolean account() {
      Optional<AccountId> loggedIn = memory.loggedIn();
      if (loggedIn.isEmpty()) {
        return false;
      }
      int before = evidence.size();
      slots.forEach(
          (name, slot) -> {
            if (Identities.belongs(slot, loggedIn.get())) {
              add(Rank.ACCOUNT, name, "somebody logged in with the slot's account");
            }
          });
      return evidence.size() == before;
    }

    /**
     * The file itself says whose it is. Two slots of that account say nothing: it may be either's.
     *
     * @return whether it is surely of an account that no slot has
     */
    private boolean accountInFile(AccountId account) {
      List<String> same = new ArrayList<>();
      boolean known = true;
      for (Map.Entry<String, SlotReading> slot : slots.entrySet()) {
        Optional<AccountId> other = slot.getValue().accountId();
        if (other.isPresent() && other.get().sameAs(account)) {
          same.add(slot.getKey());
        } else {
          boolean login = slot.getValue().credential().isPresent();
          known &= other.map(account::differsFrom).orElse(!login);
        }
      }
      if (same.size() == 1) {
        add(Rank.ACCOUNT, same.get(0), "the login is of the slot's account");
      }
      return same.isEmpty() && known;
    }

    private void journal(String chosen) {
      SlotReading slot = slots.get(chosen);
      if (slot == null || ofAnotherAccount(slot)) {
        return;
      }
      boolean agrees =
          file.credential()
              .map(one -> slot.credential().map(other -> samePlan(one, other)).orElse(true))
              .orElse(false);
      if (agrees) {
        add(Rank.JOURNAL, chosen, "the slot chosen last");
      }
    }

    private boolean ofAnotherAccount(SlotReading slot) {
      if (inFile.isEmpty()) {
        return false;
      }
      Optional<AccountId> own = slot.accountId();
      return own.isPresent() && own.get().differsFrom(inFile.get());
    }
  }

  /** Whether plan, quota tier and scopes are the same wherever both files say. */
  private static boolean samePlan(Credential one, Credential other) {
    boolean scopes =
        one.scopes().isEmpty()
            || other.scopes().isEmpty()
            || new HashSet<>(one.scopes()).equals(new HashSet<>(other.scopes()));
    return scopes
        && agree(one.subscriptionType(), other.subscriptionType())
        && agree(one.rateLimitTier(), other.rateLimitTier());
  }

  private static boolean agree(Optional<String> one, Optional<String> other) {
    return one.isEmpty() || other.isEmpty() || one.equals(other);
  }
}
