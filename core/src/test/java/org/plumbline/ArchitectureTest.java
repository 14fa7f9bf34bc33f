package org.plumbline;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The picture of the design: who may use whom. Packages that do not exist yet obey it. */
class ArchitectureTest {
  private static final JavaClasses PROJECT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.plumbline");

  /** A package of core uses itself, tensor, value, and these; only train is free. */
  @ParameterizedTest
  @CsvSource({
    "value, ''",
    "nn, value",
    "objective, value nn",
    "optim, value nn",
    "data, value nn",
    "rule, value nn optim objective",
    "probe, value nn rule objective optim",
    "lens, value data",
    "run, value",
  })
  void aPackageUsesOnly(String who, String others) {
    mayUse(who, others.split(" ")).check(PROJECT);
  }

  @Test
  void valuesUseNotEvenTensors() {
    noClasses()
        .that()
        .resideInAPackage("org.plumbline.value..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.plumbline.tensor..")
        .check(PROJECT);
  }

  @Test
  void tensorsUseNothingOfOurs() {
    mayUse("tensor").check(PROJECT);
  }

  @Test
  void onlyTensorSeesLibtorch() {
    onlyUsers("org.bytedeco..", "org.plumbline.tensor..").check(PROJECT);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.plumbline.(*)..").should().beFreeOfCycles().check(PROJECT);
  }

  @Test
  void nothingIsDeserialised() {
    noDeserialising().check(PROJECT);
  }

  @Test
  void nothingIsSerializable() {
    noSerializable().check(PROJECT);
  }

  @Test
  void theRulesCanFail() {
    JavaClasses stray = new ClassFileImporter().importClasses(Stray.class);
    assertThatThrownBy(() -> mayUse("probe", "value", "nn", "objective").check(PROJECT))
        .hasMessageContaining("org.plumbline.rule.");
    assertThatThrownBy(() -> mayUse("rule", "value", "nn", "objective").check(PROJECT))
        .hasMessageContaining("org.plumbline.optim.");
    assertThatThrownBy(() -> onlyUsers("org.bytedeco..", "org.plumbline.nn..").check(PROJECT))
        .hasMessageContaining("org.plumbline.tensor.Tensor");
    assertThatThrownBy(() -> noDeserialising().check(stray)).hasMessageContaining("Stray");
    assertThatThrownBy(() -> noSerializable().check(stray)).hasMessageContaining("Stray");
  }

  private static ArchRule mayUse(String who, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(who, "tensor"), Stream.of(others))
            .filter(name -> !name.isEmpty())
            .map(name -> "org.plumbline." + name + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("org.plumbline." + who + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.plumbline..").and(not(resideInAnyPackage(allowed))))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyUsers(String used, String users) {
    return noClasses()
        .that(resideInAPackage("org.plumbline..").and(not(resideInAPackage(users))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(used);
  }

  private static ArchRule noDeserialising() {
    return noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);
  }

  private static ArchRule noSerializable() {
    return noClasses()
        .that()
        .areNotAssignableTo(Throwable.class)
        .and()
        .areNotEnums()
        .should()
        .beAssignableTo(Serializable.class);
  }

  /** What the project must not hold. */
  record Stray(String text) implements Serializable {
    Object read() throws IOException, ClassNotFoundException {
      try (var in = new ObjectInputStream(new ByteArrayInputStream(new byte[0]))) {
        return in.readObject();
      }
    }
  }
}
