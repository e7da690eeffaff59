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

  @Test
  void the_core_requires_no_module_with_a_network() {
    ModuleFinder finder = ModuleFinder.of(RUNTIME);
    Set<String> reached = new TreeSet<>();
    reach("dev.credslots.core", ModuleFinder.compose(finder, ModuleFinder.ofSystem()), reached);
    assertTrue(reached.contains("com.fasterxml.jackson.core"), reached::toString);
    assertFalse(reached.stream().anyMatch(WITH_A_NETWORK::contains), reached::toString);
    ModuleDescriptor core = finder.find("dev.credslots.core").orElseThrow().descriptor();
    assertFalse(core.isAutomatic(), "a module without a declaration requires everything");
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

  @Test
  void the_core_refers_to_no_socket_and_no_process() throws Exception {
    JavaClasses core;
    try (JarFile jar = new JarFile(RUNTIME.resolve("slots-core.jar").toFile())) {
      core = new ClassFileImporter().importJar(jar);
    }
    assertTrue(core.contain("dev.credslots.SlotManager"), core::toString);
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
        .check(core);
  }

  @Test
  void nothing_that_ships_has_a_network_of_its_own() {
    assertEquals(
        Set.of(),
        ModuleFinder.of(RUNTIME).findAll().stream()
            .map(ModuleReference::descriptor)
            .filter(module -> module.name().startsWith("dev.credslots"))
            .flatMap(module -> module.requires().stream())
            .map(ModuleDescriptor.Requires::name)
            .filter(WITH_A_NETWORK::contains)
            .collect(Collectors.toSet()));
  }
}
