package io.streamhouse;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;

/** The boundaries of docs/architecture.md: who may import whom, and what nobody does. */
@AnalyzeClasses(packages = "io.streamhouse", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String BASE = "io.streamhouse";
  private static final String PROTO = BASE + ".proto..";
  private static final String CLI = BASE + ".cli..";

  @ArchTest
  static final ArchRule layersAreImportedOnlyByThoseAbove = layeredArchitecture()
      .consideringOnlyDependenciesInLayers()
      .layer("main")
      .definedBy(type(Main.class))
      .layer("cli")
      .definedBy(CLI)
      .layer("embedded")
      .definedBy(BASE + ".embedded..")
      .layer("agent")
      .definedBy(BASE + ".agent..")
      .layer("consumer")
      .definedBy(BASE + ".consumer..")
      .layer("producer")
      .definedBy(BASE + ".producer")
      .layer("accumulator")
      .definedBy(BASE + ".producer.accumulator..")
      .layer("router")
      .definedBy(BASE + ".producer.router..")
      .layer("sender")
      .definedBy(BASE + ".producer.sender..")
      .layer("rpc")
      .definedBy(BASE + ".rpc..")
      .layer("bus")
      .definedBy(BASE + ".bus..")
      .layer("segment")
      .definedBy(BASE + ".segment..")
      .layer("storage")
      .definedBy(BASE + ".storage")
      .layer("storage adapters")
      .definedBy(BASE + ".storage.*..")
      .layer("metadata")
      .definedBy(BASE + ".metadata")
      .layer("metadata adapters")
      .definedBy(BASE + ".metadata.*..")
      .layer("proto")
      .definedBy(PROTO)
      .whereLayer("main")
      .mayNotBeAccessedByAnyLayer()
      .whereLayer("cli")
      .mayOnlyBeAccessedByLayers("main")
      .whereLayer("embedded")
      .mayOnlyBeAccessedByLayers("cli")
      .whereLayer("agent")
      .mayOnlyBeAccessedByLayers("cli", "embedded")
      .whereLayer("accumulator")
      .mayOnlyBeAccessedByLayers("producer")
      .whereLayer("router")
      .mayOnlyBeAccessedByLayers("producer")
      .whereLayer("sender")
      .mayOnlyBeAccessedByLayers("producer")
      .whereLayer("bus")
      .mayOnlyBeAccessedByLayers("producer", "accumulator", "router", "sender", "agent")
      .whereLayer("segment")
      .mayOnlyBeAccessedByLayers("agent", "cli")
      .whereLayer("storage")
      .mayOnlyBeAccessedByLayers("agent", "storage adapters", "embedded", "cli")
      .whereLayer("storage adapters")
      .mayOnlyBeAccessedByLayers("agent", "embedded", "cli")
      .whereLayer("metadata")
      .mayOnlyBeAccessedByLayers("agent", "metadata adapters", "embedded", "cli")
      .whereLayer("metadata adapters")
      .mayOnlyBeAccessedByLayers("agent", "embedded", "cli")
      .whereLayer("proto")
      .mayOnlyBeAccessedByLayers("sender", "router", "rpc", "agent", "consumer", "cli");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching(BASE + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule awsSdkStaysInS3 = noClasses()
      .that()
      .resideOutsideOfPackage(BASE + ".storage.s3..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule sqlStaysInPostgres = noClasses()
      .that()
      .resideOutsideOfPackage(BASE + ".metadata.postgres..")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..");

  @ArchTest
  static final ArchRule picocliStaysInTheCommandLine = noClasses()
      .that()
      .resideOutsideOfPackage(CLI)
      .and()
      .areNotAssignableTo(Main.class)
      .should()
      .dependOnClassesThat()
      .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule vertxAndNettyInternalsStayInBuffers = noClasses()
      .that()
      .resideOutsideOfPackage(PROTO)
      .and()
      .doNotHaveFullyQualifiedName(BASE + ".common.Buffers")
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(
          "io.vertx.core.impl..", "io.vertx.core.internal..", "io.vertx..impl..", "io.netty..");

  /** The command line has threads of its own, and may wait on them. */
  @ArchTest
  static final ArchRule nobodyBlocksAnEventLoop = noClasses()
      .that()
      .resideOutsideOfPackages(PROTO, CLI)
      .should()
      .callMethodWhere(target(nameMatching("sleep")).and(target(owner(type(Thread.class)))))
      .orShould()
      .callMethodWhere(
          target(nameMatching("join|get")).and(target(owner(type(CompletableFuture.class)))))
      .orShould()
      .callMethodWhere(target(nameMatching("await")).and(target(owner(type(Future.class)))));

  @ArchTest
  static final ArchRule timeIsInjected = noClasses()
      .that()
      .haveSimpleNameNotEndingWith("Clock")
      .and()
      .resideOutsideOfPackage(PROTO)
      .should()
      .callMethod(System.class, "currentTimeMillis")
      .orShould()
      .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule nothingIsSynchronized = methods()
      .that()
      .areDeclaredInClassesThat()
      .resideOutsideOfPackage(PROTO)
      .should()
      .notHaveModifier(JavaModifier.SYNCHRONIZED);

  @ArchTest
  static final ArchRule verticlesAreNamedSo = classes()
      .that()
      .implement(Deployable.class)
      .and()
      .areTopLevelClasses()
      .should()
      .haveSimpleNameEndingWith("Verticle");

  @ArchTest
  static final ArchRule stagesShowOnlyVerticlesAndOptions = classes()
      .that()
      .resideInAnyPackage(
          BASE + ".producer.accumulator",
          BASE + ".producer.router",
          BASE + ".producer.sender",
          BASE + ".agent")
      .and()
      .arePublic()
      .and()
      .areTopLevelClasses()
      .should()
      .haveSimpleNameEndingWith("Verticle")
      .orShould()
      .haveSimpleNameEndingWith("Options");
}
