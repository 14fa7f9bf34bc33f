package org.plumbline.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The native library: loaded once, at the first tensor. */
public final class Libtorch {
  private static volatile boolean loaded;

  private Libtorch() {}

  private static final class Loaded {
    private static final int MOST_THREADS;

    static {
      try {
        Loader.load(torch.class);
        MOST_THREADS =
            Math.min(torch.get_num_threads(), Runtime.getRuntime().availableProcessors());
        set(1);
      } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
        throw new Unavailable(
            "libtorch cannot be loaded for "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ": "
                + firstLine(e)
                + "; build with the profile of this platform, and see that "
                + cache()
                + " is writable",
            e);
      }
    }

    private Loaded() {}

    static void now() {}
  }

  /**
   * Loads libtorch if this has not happened. The first time on a machine it unpacks some 450 MB.
   *
   * @throws Unavailable with one line, when there is none for this machine or it cannot be unpacked
   */
  public static void load() {
    try {
      Loaded.now();
      loaded = true;
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof Unavailable unavailable) {
        throw unavailable;
      }
      throw e;
    } catch (NoClassDefFoundError e) {
      throw new Unavailable("libtorch cannot be loaded: an earlier attempt failed", e);
    }
  }

  /** Whether it has been loaded; asking does not. */
  static boolean loaded() {
    return loaded;
  }

  /**
   * Whether loading will first unpack the library, which takes some seconds.
   *
   * @return true on the first use on this machine
   */
  public static boolean mustUnpack() {
    return !Files.isDirectory(cache());
  }

  /**
   * Sets how many threads one operation may use; 1 before it is called. Sums depend on it in the
   * last bits.
   *
   * @param threads at least 1
   */
  public static void threads(int threads) {
    load();
    set(threads);
  }

  private static void set(int threads) {
    torch.set_num_threads(threads);
    Blas.threads(threads);
  }

  /**
   * How many threads it makes sense to try: the cores, or OMP_NUM_THREADS if that is less.
   *
   * @return at least 1
   */
  public static int mostThreads() {
    load();
    return Math.max(1, Loaded.MOST_THREADS);
  }

  /**
   * The version of libtorch that the build pins.
   *
   * @return for example {@code 2.10.0}
   */
  public static String version() {
    String path = "/META-INF/maven/org.bytedeco/pytorch/pom.properties";
    try (InputStream in = torch.class.getResourceAsStream(path)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown").replaceFirst("-.*", "");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static Path cache() {
    String set = System.getProperty("org.bytedeco.javacpp.cachedir");
    return set != null
        ? Path.of(set)
        : Path.of(System.getProperty("user.home"), ".javacpp", "cache");
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
