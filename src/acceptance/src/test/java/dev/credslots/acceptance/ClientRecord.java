package dev.credslots.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.testkit.ClientSimulator.Issued;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one client says it did, held against what is on disk when it has ended. */
final class ClientRecord {
  private final List<Issued> issued = new ArrayList<>();
  private final Set<String> destroyed = new HashSet<>();
  private final Set<String> written = new HashSet<>();

  /** By token, the account that the client's account file named when it was given. */
  private final Map<String, String> named = new HashMap<>();

  private ClientRecord() {}

  /** Reads what {@code ClientSimulator.main} printed. */
  static ClientRecord of(Path said) throws IOException {
    ClientRecord record = new ClientRecord();
    String account = "";
    for (String line : Files.readAllLines(said)) {
      Optional<Issued> token = Issued.fromJson(line);
      token.flatMap(Issued::overwrote).ifPresent(record.destroyed::add);
      if (token.isEmpty() || token.get().did().equals("wipe")) {
        continue;
      }
      Issued one = token.get();
      record.issued.add(one);
      record.written.add(one.into() + " " + one.refreshToken());
      record.named.put(one.refreshToken(), account); // A login's own account comes after it.
      account = one.named().orElse(account);
    }
    return record;
  }

  int issued() {
    return issued.size();
  }

  /** That it wrote over itself. */
  int destroyed() {
    return destroyed.size();
  }

  /** Tokens that have to be on disk: all but those it destroyed, unless they were kept anyway. */
  Set<String> lasting(Set<String> found) {
    Set<String> lasting = new HashSet<>();
    for (Issued token : issued) {
      boolean gone = destroyed.contains(token.refreshToken()) || token.into().equals("nothing");
      // Written in place into a file that was just taken out: the README names it.
      boolean swapped = token.into().endsWith(Issued.SWAPPED);
      if (found.contains(token.refreshToken()) || !(gone || swapped)) {
        lasting.add(token.refreshToken());
      }
    }
    return lasting;
  }

  /**
   * What is in whose slot.
   *
   * @param home tokens that are in their own account's slot
   * @param byHand tokens that the client itself wrote into another's, through the link
   * @param onAccount tokens of logins that came into another's while the client's account file
   *     named that one: of a login nobody had seen, that is all there was to go by
   * @param misfiled all others in a slot that is not theirs
   */
  record Filing(int home, int byHand, int onAccount, List<String> misfiled) {}

  /** Sorts every token in the accounts' slots and their generations. */
  Filing filing(CredentialsDirectory directory, List<String> accounts) throws IOException {
    Map<String, Set<String>> found = directory.tokensOnDisk();
    int home = 0;
    int byHand = 0;
    int onAccount = 0;
    List<String> misfiled = new ArrayList<>();
    for (String slot : accounts) {
      Map<String, Set<String>> strangers = new TreeMap<>();
      for (Map.Entry<String, Set<String>> token : found.entrySet()) {
        Optional<String> file =
            token.getValue().stream().filter(one -> isOf(one, slot)).findFirst();
        if (file.isEmpty()) {
          continue;
        }
        if (FakeLogin.accountOf(token.getKey()).equals(Optional.of(slot))) {
          home++;
        } else if (written.contains(slot + " " + token.getKey())) {
          byHand++;
        } else {
          String login = login(directory.path().resolve(file.get()));
          strangers.computeIfAbsent(login, any -> new TreeSet<>()).add(token.getKey());
        }
      }
      // Once one of a login is in, the others follow by lineage and marker.
      for (Set<String> oneLogin : strangers.values()) {
        if (oneLogin.stream().anyMatch(token -> slot.equals(named.get(token)))) {
          onAccount += oneLogin.size();
        } else {
          oneLogin.forEach(token -> misfiled.add("misfiled: " + describe(token) + " in " + slot));
        }
      }
    }
    return new Filing(home, byHand, onAccount, misfiled);
  }

  /** Whose end it is that the file names: the same for all tokens of one login. */
  private static String login(Path file) throws IOException {
    JsonNode login = new ObjectMapper().readTree(file.toFile()).path("claudeAiOauth");
    return login.path("refreshTokenExpiresAt").asText();
  }

  private String describe(String token) {
    return issued.stream()
        .filter(one -> one.refreshToken().equals(token))
        .findFirst()
        .map(one -> one + ", when the account file named " + named.get(token))
        .orElse(token);
  }

  private static boolean isOf(String file, String slot) {
    return file.equals(".credentials.json." + slot)
        || file.startsWith(".slots/generations/" + slot + "/");
  }
}
