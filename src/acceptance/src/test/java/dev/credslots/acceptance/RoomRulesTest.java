package dev.credslots.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.Console;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.WatchService;

/**
 * The room table of the design, held against the classes that ship.
 *
 * <p>A rule about a room that is still empty passes; {@link #every_class_is_in_a_known_room} is
 * about all classes and fails when none is found.
 */
@AnalyzeClasses(packages = "dev.credslots", importOptions = RoomRulesTest.ShippedClasses.class)
class RoomRulesTest {
  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("dev.credslots..");
  private static final DescribedPredicate<JavaClass> CORE =
      resideInAnyPackage(
              "dev.credslots",
              "dev.credslots.credential..",
              "dev.credslots.verdict..",
              "dev.credslots.internal..")
          .as("in core");
  private static final DescribedPredicate<JavaClass> ACCOUNTS =
      resideInAPackage("dev.credslots.accounts..").as("in accounts");
  private static final DescribedPredicate<JavaClass> OAUTH =
      resideInAPackage("dev.credslots.oauth..").as("in oauth");
  private static final DescribedPredicate<JavaClass> KEYCHAIN =
      resideInAPackage("dev.credslots.keychain..").as("in keychain");
  private static final DescribedPredicate<JavaClass> HOOKS =
      resideInAPackage("dev.credslots.hooks..").as("in hooks");
  private static final DescribedPredicate<JavaClass> CLI =
      resideInAPackage("dev.credslots.cli..").as("in cli");
  private static final DescribedPredicate<JavaClass> POSIX =
      resideInAPackage("dev.credslots.internal.posix..");

  /** One way to say a span of time. */
  private static final DescribedPredicate<JavaClass> WORDING =
      resideInAPackage("dev.credslots.internal.text..");

  /** In memory, a {@code StringReader} or a {@code ByteArrayInputStream} reads no file. */
  private static final DescribedPredicate<JavaClass> IO =
      resideInAnyPackage(
              "java.nio.channels..", "java.nio.file.spi..", "java.net..", "java.util.zip..")
          .or(belongToAnyOf(Files.class, FileSystems.class, WatchService.class))
          .or(belongToAnyOf(File.class, RandomAccessFile.class, Console.class))
          .or(assignableTo(FileInputStream.class))
          .or(assignableTo(FileOutputStream.class))
          .or(assignableTo(FileReader.class))
          .or(assignableTo(FileWriter.class))
          .as("do I/O");

  @ArchTest
  static final ArchRule every_class_is_in_a_known_room =
      classes()
          .should(be(CORE.or(ACCOUNTS).or(KEYCHAIN).or(OAUTH).or(HOOKS).or(CLI)))
          .because("a room these rules do not know is a room without rules");

  @ArchTest
  static final ArchRule core_depends_on_no_other_room =
      noClasses()
          .that(CORE)
          .should()
          .dependOnClassesThat(OURS.and(not(CORE)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule accounts_depend_on_core_alone =
      noClasses()
          .that(ACCOUNTS)
          .should()
          .dependOnClassesThat(OURS.and(not(CORE.or(ACCOUNTS))))
          .allowEmptyShould(true);

  /** The port that it fills is in accounts. */
  @ArchTest
  static final ArchRule keychain_depends_on_core_and_accounts =
      noClasses()
          .that(KEYCHAIN)
          .should()
          .dependOnClassesThat(OURS.and(not(CORE.or(ACCOUNTS).or(KEYCHAIN))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule oauth_depends_on_core_alone =
      noClasses()
          .that(OAUTH)
          .should()
          .dependOnClassesThat(OURS.and(not(CORE.or(OAUTH))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_oauth_speaks_http =
      noClasses()
          .that(not(OAUTH))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "com.sun.net.httpserver..");

  @ArchTest
  static final ArchRule oauth_opens_no_file =
      noClasses()
          .that(OAUTH)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.nio.channels..", "java.nio.file..")
                  .or(belongToAnyOf(File.class, RandomAccessFile.class))
                  .as("open files"))
          .because("what a server gave is committed by the core")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule hooks_depend_on_core_alone =
      noClasses()
          .that(HOOKS)
          .should()
          .dependOnClassesThat(OURS.and(not(CORE.or(HOOKS))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_hooks_keychain_and_cli_start_processes =
      noClasses()
          .that(not(HOOKS.or(KEYCHAIN).or(CLI)))
          .should()
          .dependOnClassesThat(
              belongToAnyOf(ProcessBuilder.class, Process.class, Runtime.class)
                  .as("start processes"));

  @ArchTest
  static final ArchRule nothing_depends_on_cli =
      noClasses().that(not(CLI)).should().dependOnClassesThat(CLI).allowEmptyShould(true);

  @ArchTest
  static final ArchRule core_internals_are_for_core =
      noClasses()
          .that(not(CORE.or(CLI)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.credslots.internal..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule cli_sees_of_the_internals_only_posix_and_wording =
      noClasses()
          .that(CLI)
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.credslots.internal..").and(not(POSIX)).and(not(WORDING)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule values_and_verdicts_do_no_io =
      noClasses()
          .that()
          .resideInAnyPackage("dev.credslots.credential..", "dev.credslots.verdict..")
          .should()
          .dependOnClassesThat(IO)
          .because("deciding is a function of values; reading and writing is at the edge")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule only_cli_touches_the_console_the_environment_and_the_exit =
      noClasses()
          .that(not(CLI))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .accessField(System.class, "in")
          .orShould()
          .callMethodWhere(target(owner(type(System.class))).and(target(name("exit"))))
          .orShould()
          .callMethodWhere(target(owner(type(System.class))).and(target(name("getenv"))))
          .allowEmptyShould(true);

  /** Jars and class directories of the rooms, without any module's tests and without fixtures. */
  static final class ShippedClasses implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("testkit");
    }
  }
}
