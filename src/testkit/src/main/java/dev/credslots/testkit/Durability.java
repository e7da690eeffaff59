package dev.credslots.testkit;

import dev.credslots.testkit.FaultShim.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a trace says of power loss: a kill never shows a missing fsync, as the kernel keeps what a
 * dead process wrote, but the order of the calls does.
 *
 * <p>The rules: a file is fsynced after its last write and before it is renamed or linked; a name
 * that was made or renamed is followed by an fsync of its directory; and when the live name is
 * replaced, everything that went before is durable already, and its directory is fsynced next: what
 * is written after that, the end of the intent above all, says that it was replaced. The trace has
 * no results, so a call that failed counts as one that was carried out.
 */
public final class Durability {
  private Durability() {}

  /**
   * Every rule a trace breaks, a sentence each; empty when it breaks none.
   *
   * @param existed names that were there before, as in the trace
   * @param live the live path, as in the trace
   * @param exempt names whose loss loses nothing: locks
   */
  public static List<String> check(
      List<Call> calls, Set<String> existed, String live, Predicate<String> exempt) {
    List<String> violations = new ArrayList<>();
    Set<String> known = new HashSet<>(existed);
    Map<String, Call> unsynced = new LinkedHashMap<>();
    Map<String, Call> unsyncedNames = new LinkedHashMap<>();
    for (Call call : calls) {
      String target = call.target();
      if (exempt.test(target)) {
        continue;
      }
      boolean sync = call.name().equals("fsync") || call.name().equals("fdatasync");
      if (unsyncedNames.containsKey(live) && !(sync && target.equals(parent(live)))) {
        violations.add("live was replaced and its directory not fsynced next, but: " + call);
        unsyncedNames.remove(live); // said once
      }
      switch (call.name()) {
        case "write",
            "pwrite",
            "writev",
            "pwritev",
            "sendfile",
            "copy_file_range",
            "ftruncate",
            "truncate" ->
            unsynced.put(target, call);
        case "fsync", "fdatasync" -> {
          unsynced.remove(target);
          unsyncedNames.keySet().removeIf(name -> parent(name).equals(target));
        }
        case "open", "openat", "creat" -> {
          if (call.detail().contains("create") && known.add(target)) {
            unsyncedNames.put(target, call);
          }
        }
        case "mkdir", "mkdirat", "symlink", "symlinkat" -> {
          if (known.add(target)) {
            unsyncedNames.put(target, call);
          }
        }
        case "unlink", "unlinkat", "remove", "rmdir" -> {
          known.remove(target);
          unsynced.remove(target);
          unsyncedNames.remove(target);
        }
        case "rename", "renameat", "renameat2", "link", "linkat" -> {
          String source = call.path().split(" -> ", 2)[0];
          boolean moves = call.name().startsWith("rename");
          if (unsynced.containsKey(source)) {
            violations.add("not fsynced since " + unsynced.get(source) + ", and yet: " + call);
          }
          if (target.equals(live)) {
            Map<String, Call> pending = new LinkedHashMap<>(unsyncedNames);
            pending.putAll(unsynced);
            pending.remove(source);
            pending.forEach(
                (name, cause) ->
                    violations.add("not durable when live was replaced: " + name + ", " + cause));
          }
          if (moves && !call.detail().equals("exchange")) {
            known.remove(source);
            unsyncedNames.remove(source);
          }
          known.add(target);
          unsyncedNames.put(target, call);
        }
        default -> {
          // modes, owners and times may be lost: they are set again or harmless
        }
      }
    }
    unsynced.forEach((name, cause) -> violations.add("never fsynced: " + name + ", " + cause));
    unsyncedNames.forEach(
        (name, cause) -> violations.add("directory never fsynced: " + name + ", " + cause));
    return violations;
  }

  private static String parent(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "." : name.substring(0, slash);
  }
}
