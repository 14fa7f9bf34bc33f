package org.plumbline.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.plumbline.value.BadInput;
import org.plumbline.value.Plugins;

/**
 * What made a run: enough to make it again, and nothing about the person.
 *
 * @param plumbline the version of this program
 * @param commit of its source
 * @param java the version of the JVM
 * @param libtorch its version
 * @param os name, version and architecture
 * @param cpu the model
 * @param cores how many processors the JVM sees
 * @param setting what the user chose
 * @param data what was learned from
 * @param sessions the start and each resume
 */
public record Provenance(
    String plumbline,
    String commit,
    String java,
    String libtorch,
    String os,
    String cpu,
    int cores,
    Setting setting,
    Data data,
    List<Session> sessions) {
  /** The name of the file in a run folder. */
  public static final String NAME = "provenance.json";

  private static final int VERSION = 1;
  private static final int LIMIT = 16 << 20;
  private static final String UNKNOWN = "unknown";

  /**
   * What the user chose and the numbers depend on.
   *
   * @param threads of libtorch
   * @param device {@code cpu}
   * @param precision {@code fp32}
   * @param seed the root of all draws
   * @param plugins the user's own code
   * @param weights SHA-256 of the model that initial weights were taken from; empty if none were
   */
  public record Setting(
      int threads,
      String device,
      String precision,
      long seed,
      List<Plugins.Jar> plugins,
      String weights) {
    /**
     * Copies the plugins.
     *
     * @param threads of libtorch
     * @param device {@code cpu}
     * @param precision {@code fp32}
     * @param seed the root of all draws
     * @param plugins the user's own code
     * @param weights SHA-256 of the model that initial weights were taken from; empty if none were
     */
    public Setting {
      plugins = List.copyOf(plugins);
    }
  }

  /**
   * A data set.
   *
   * @param name its name
   * @param sha256 of its bytes
   * @param train how many examples
   * @param validation how many examples
   * @param test how many examples
   */
  public record Data(String name, String sha256, long train, long validation, long test) {}

  /**
   * A time that the run was started or resumed.
   *
   * @param started when
   * @param fromStep 0 for a start
   * @param steps how the optimizer took its steps: the last bits depend on it
   */
  public record Session(Instant started, long fromStep, Steps steps) {}

  /** How an optimizer takes its steps. */
  public enum Steps {
    /** In one pass over memory, with the Vector API. */
    FUSED,
    /** With one call of libtorch an operation. */
    LIBTORCH
  }

  /**
   * Copies the sessions.
   *
   * @param plumbline the version of this program
   * @param commit of its source
   * @param java the version of the JVM
   * @param libtorch its version
   * @param os name, version and architecture
   * @param cpu the model
   * @param cores how many processors the JVM sees
   * @param setting what the user chose
   * @param data what was learned from
   * @param sessions the start and each resume
   */
  public Provenance {
    sessions = List.copyOf(sessions);
  }

  /**
   * Asks this machine.
   *
   * @param libtorch the version of libtorch
   * @param setting what the user chose
   * @param data what is learned from
   * @param started the moment of the start
   * @param steps how the optimizer takes its steps
   * @return what makes a run that starts now
   */
  public static Provenance gather(
      String libtorch, Setting setting, Data data, Instant started, Steps steps) {
    Properties version = version();
    return new Provenance(
        version.getProperty("version", UNKNOWN),
        version.getProperty("commit", UNKNOWN),
        System.getProperty("java.version", UNKNOWN),
        libtorch,
        Stream.of("os.name", "os.version", "os.arch")
            .map(name -> System.getProperty(name, UNKNOWN))
            .reduce((a, b) -> a + " " + b)
            .orElse(UNKNOWN),
        cpu(Path.of("/proc/cpuinfo")),
        Runtime.getRuntime().availableProcessors(),
        setting,
        data,
        List.of(new Session(started, 0, steps)));
  }

  /**
   * Notes a resume.
   *
   * @param started when
   * @param fromStep the step of the checkpoint
   * @param steps how the optimizer takes its steps
   * @return this with one more session
   */
  public Provenance resumed(Instant started, long fromStep, Steps steps) {
    List<Session> more =
        Stream.concat(sessions.stream(), Stream.of(new Session(started, fromStep, steps))).toList();
    return new Provenance(plumbline, commit, java, libtorch, os, cpu, cores, setting, data, more);
  }

  /**
   * As it stands in the file.
   *
   * @return one line of JSON
   */
  public String print() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("v", VERSION);
    object.put("plumbline", plumbline);
    object.put("commit", commit);
    object.put("java", java);
    object.put("libtorch", libtorch);
    object.put("os", os);
    object.put("cpu", cpu);
    object.put("cores", cores);
    object.put("threads", setting.threads);
    object.put("device", setting.device);
    object.put("precision", setting.precision);
    object.put("seed", setting.seed);
    if (!setting.plugins.isEmpty()) {
      object.put("plugins", setting.plugins.stream().map(Provenance::plugin).toList());
    }
    if (!setting.weights.isEmpty()) {
      object.put("init_from_sha256", setting.weights);
    }
    Map<String, Object> set = new LinkedHashMap<>();
    set.put("name", data.name);
    set.put("sha256", data.sha256);
    set.put("train", data.train);
    set.put("validation", data.validation);
    set.put("test", data.test);
    object.put("data", set);
    object.put("sessions", sessions.stream().map(Provenance::session).toList());
    return Json.print(object) + "\n";
  }

  /**
   * Reads the file of a run.
   *
   * @param directory the run folder
   * @return what made the run
   * @throws BadInput if it is not there or not what it should be
   */
  public static Provenance read(Path directory) {
    return read(Storage.disk(), directory);
  }

  static Provenance read(Storage storage, Path directory) {
    Path file = directory.resolve(NAME);
    Fields f = Json.parse(file, "text", new Durable(storage).read(file, LIMIT));
    if (f.whole("v") != VERSION) {
      throw f.refused(
          "v", VERSION + ", the only version this version of plumbline reads", f.whole("v"));
    }
    Fields data = f.object("data");
    return new Provenance(
        f.text("plumbline"),
        f.text("commit"),
        f.text("java"),
        f.text("libtorch"),
        f.text("os"),
        f.text("cpu"),
        f.count("cores"),
        new Setting(
            f.count("threads"),
            f.text("device"),
            f.text("precision"),
            f.signed("seed"),
            f.has("plugins")
                ? f.objects("plugins").stream()
                    .map(jar -> new Plugins.Jar(jar.text("jar"), jar.text("sha256")))
                    .toList()
                : List.of(),
            f.has("init_from_sha256") ? f.text("init_from_sha256") : ""),
        new Data(
            data.text("name"),
            data.text("sha256"),
            data.whole("train"),
            data.whole("validation"),
            data.whole("test")),
        f.objects("sessions").stream()
            .map(s -> new Session(EventJson.instant(s, "started"), s.whole("from_step"), steps(s)))
            .toList());
  }

  private static Map<String, Object> plugin(Plugins.Jar jar) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("jar", jar.name());
    object.put("sha256", jar.sha256());
    return object;
  }

  private static Map<String, Object> session(Session session) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("started", session.started.toString());
    object.put("from_step", session.fromStep);
    object.put("steps", session.steps.name().toLowerCase(Locale.ROOT));
    return object;
  }

  /** Runs of before there were fused steps do not say. */
  private static Steps steps(Fields session) {
    if (!session.has("steps")) {
      return Steps.LIBTORCH;
    }
    String said = session.text("steps");
    return Arrays.stream(Steps.values())
        .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(said))
        .findFirst()
        .orElseThrow(() -> session.refused("steps", "fused or libtorch", said));
  }

  /** The first "model name" of Linux's list of processors. */
  static String cpu(Path list) {
    if (!Files.isReadable(list)) {
      return UNKNOWN;
    }
    try (Stream<String> lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException | UncheckedIOException e) {
      return UNKNOWN;
    }
  }

  /** What the build wrote; nothing when run from classes that no build described. */
  private static Properties version() {
    Properties properties = new Properties();
    try (InputStream stream = Provenance.class.getResourceAsStream("version.properties")) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties", e);
    }
    return properties;
  }
}
