package org.plumbline.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The arrows between modules, seen from the only one that sees all: ARCHITECTURE.md's picture. */
final class ModulesTest {
  private static final JavaClasses PROJECT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.plumbline");

  @Test
  void only_tensor_and_the_bench_see_libtorch() {
    onlyUsers("org.bytedeco..", "org.plumbline.tensor..", "org.plumbline.bench..").check(PROJECT);
    assertThatThrownBy(() -> onlyUsers("org.bytedeco..", "org.plumbline.tensor..").check(PROJECT))
        .hasMessageContaining("org.plumbline.bench.");
  }

  @Test
  void nothing_uses_the_command_line_and_only_it_uses_the_bench_and_the_papers() {
    onlyUsers("org.plumbline.cli..", "org.plumbline.cli..").check(PROJECT);
    onlyUsers("org.plumbline.papers..", "org.plumbline.papers..", "org.plumbline.cli..")
        .check(PROJECT);
    assertThat(PROJECT.that(resideInAPackage("org.plumbline.papers.."))).isNotEmpty();
    onlyUsers("org.plumbline.bench..", "org.plumbline.bench..", "org.plumbline.cli..")
        .check(PROJECT);
  }

  @Test
  void the_report_sees_a_folder_and_nothing_else() {
    noClasses()
        .that()
        .resideInAPackage("org.plumbline.report..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.plumbline..")
                .and(not(resideInAPackage("org.plumbline.report.."))))
        .check(PROJECT);
  }

  @Test
  void the_edge_sees_java_alone_and_only_the_command_line_sees_it() {
    assertThat(PROJECT.that(resideInAPackage("org.plumbline.edge.."))).isNotEmpty();
    onlyUsers("org.plumbline.edge..", "org.plumbline.edge..", "org.plumbline.cli..").check(PROJECT);
    noClasses()
        .that()
        .resideInAPackage("org.plumbline.edge..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.plumbline..").and(not(resideInAPackage("org.plumbline.edge.."))))
        .check(PROJECT);
  }

  @Test
  void benchmarks_of_others_stay_out_of_the_program() {
    assertThat(PROJECT.that(resideInAPackage("org.plumbline.bench.."))).isNotEmpty();
    onlyUsers("org.openjdk.jmh..", "nobody..").check(PROJECT);
  }

  private static ArchRule onlyUsers(String used, String... users) {
    return noClasses()
        .that(resideInAPackage("org.plumbline..").and(not(resideInAnyPackage(users))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(used);
  }
}
