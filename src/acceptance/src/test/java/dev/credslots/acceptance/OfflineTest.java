package dev.credslots.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Law 4, seen from outside: by the kernel, by the module's declaration, and in the byte code. */
class OfflineTest {
  private static final Path RUNTIME =
      Path.of(System.getProperty("slots.root"), "cli", "target", "runtime");
  private static final Set<String> WITH_A_NETWORK =
      Set.of("java.net.http", "jdk.httpserver", "java.rmi", "java.naming", "java.management.rmi");

  @Test
  void every_command_runs_where_there_is_no_network(@TempDir Path scratch) throws Exception {
    String[] isolated = {"unshare", "-rn"};
    assumeTrue(works(isolated), "this kernel refuses unshare -rn");
    HandMadeDirectory made = HandMadeDirectory.of(scratch.toRealPath().resolve("claude"));
    made.shell("login carol 1 28800 40 >../carol.json");
    String carol = scratch.toRealPath().resolve("carol.json").toString();
    SlotsCommand slots =
        SlotsCommand.built(scratch.resolve("program"))
            .through(isolated)
            .environment("SLOTS_DIR", made.path().toString());

    run(slots, 0, "status");
    run(slots, 0, "list");
    run(slots, 0, "active");
    run(slots, 0, "check", "alice");
    run(slots, 0, "drift");
    run(slots, 0, "identity");
    run(slots, 0, "add", "carol", "--from", carol);
    run(slots, 0, "switch", "carol");
    run(slots, 0, "switch", "-");
    made.refreshedByAClient();
    run(slots, 0, "heal", "bob");
    run(slots, 0, "capture", "bob");
    run(slots, 0, "rename", "carol", "carola");
    run(slots, 0, "remove", "carola");
    run(slots, 0, "log");
    run(slots, 5, "doctor"); // the fixture has slots to complain of
    run(slots, 0, "completion", "bash");
    run(slots, 0, "help");
    run(slots, 0, "demo");
  }

  private static void run(SlotsCommand slots, int exitCode, String... arguments) throws Exception {
    SlotsCommand.Result result = slots.run(arguments);
    assertEquals(exitCode, result.exitCode(), () -> List.of(arguments) + ": " + result);
  }

  private static boolean works(String... wrapper) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(wrapper), Stream.of("sh", "-c", "! getent ahosts localhost.invalid"))
            .toList();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (java.io.IOException noSuchProgram) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "accounts"})
  void an_offline_room_requires_no_module_with_a_network(String room) {
    String name = "dev.credslots." + room;
    ModuleFinder finder = ModuleFinder.of(RUNTIME);
    Set<String> reached = new TreeSet<>();
    reach(name, ModuleFinder.compose(finder, ModuleFinder.ofSystem()), reached);
    assertTrue(reached.contains("com.fasterxml.jackson.core"), reached::toString);
    assertFalse(reached.stream().anyMatch(WITH_A_NETWORK::contains), reached::toString);
    ModuleDescriptor module = finder.find(name).orElseThrow().descriptor();
    assertFalse(module.isAutomatic(), "a module without a declaration requires everything");
  }

  private static void reach(String name, ModuleFinder finder, Set<String> reached) {
    if (reached.add(name)) {
      finder
          .find(name)
          .map(ModuleReference::descriptor)
          .ifPresent(
              module ->
                  module.requires().stream()
                      .filter(
                          require ->
                              !require
                                  .modifiers()
                                  .contains(ModuleDescriptor.Requires.Modifier.STATIC))
                      .forEach(require -> reach(require.name(), finder, reached)));
    }
  }

  @ParameterizedTest
  @CsvSource({"core, dev.credslots.SlotManager", "accounts, dev.credslots.accounts.RotationBook"})
  void an_offline_room_refers_to_no_socket_and_no_process(String room, String known)
      throws Exception {
    JavaClasses classes;
    try (JarFile jar = new JarFile(RUNTIME.resolve("slots-" + room + ".jar").toFile())) {
      classes = new ClassFileImporter().importJar(jar);
    }
    assertTrue(classes.contain(known), classes::toString);
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net..", "javax.net..", "java.rmi..", "sun..")
                // A name and nothing more: the bytes of a path are had from its URI.
                .and(not(belongToAnyOf(java.net.URI.class)))
                .or(belongToAnyOf(ProcessBuilder.class, Process.class, Runtime.class))
                .or(
                    belongToAnyOf(
                        java.nio.channels.SocketChannel.class,
                        java.nio.channels.ServerSocketChannel.class,
                        java.nio.channels.DatagramChannel.class,
                        java.nio.channels.AsynchronousSocketChannel.class))
                .as("open sockets or start processes"))
        .check(classes);
  }

  @Test
  void oauth_alone_has_a_network() {
    assertEquals(
        Set.of("dev.credslots.oauth"),
        ModuleFinder.of(RUNTIME).findAll().stream()
            .map(ModuleReference::descriptor)
            .filter(module -> module.name().startsWith("dev.credslots"))
            .filter(
                module ->
                    module.requires().stream()
                        .map(ModuleDescriptor.Requires::name)
                        .anyMatch(WITH_A_NETWORK::contains))
            .map(ModuleDescriptor::name)
            .collect(Collectors.toSet()));
  }
}
