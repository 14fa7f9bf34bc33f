package org.plumbline.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.lens.CacheRecipe;
import org.plumbline.lens.SimpleCache;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * A network and a cache of what one of its layers says, or several put together, on the test rows.
 *
 * <p>θ and λ that are searched for are those with the greatest accuracy on the held-out rows, of
 * these the one with the least loss, while the cache holds the training rows alone; so is the
 * temperature, by the least loss of the network alone. Then the held-out rows join the cache, and
 * the test rows are judged, once.
 *
 * @param layers as they were asked for
 * @param names of the blocks
 * @param width numbers a key
 * @param keys how many
 * @param theta θ
 * @param lambda λ
 * @param temperature by which outputs are divided in the calibrated network; not a number without
 *     held-out rows
 * @param network softmax of the outputs
 * @param calibrated softmax of the outputs over the temperature
 * @param cache the cache alone
 * @param mixture of network and cache
 */
public record Cached(
    String layers,
    String names,
    long width,
    long keys,
    double theta,
    double lambda,
    double temperature,
    Judged network,
    Judged calibrated,
    Judged cache,
    Judged mixture) {
  private static final long NUMBERS = 1L << 23; // of likenesses that are worked on at a time
  private static final double LEAST = 1e-12; // share of a class in a loss
  private static final double GIB = 1L << 30;

  /**
   * How shares of classes do.
   *
   * @param accuracy whose greatest share is their class, 0…1
   * @param loss the mean of −log share of the class, of which none counts as less than 1e-12
   */
  public record Judged(double accuracy, double loss) {}

  /**
   * What the cache adds to the network's accuracy on test rows.
   *
   * @return of the mixture, less that of the network
   */
  public double gain() {
    return mixture.accuracy - network.accuracy;
  }

  /** Blocks whose outputs are put together, 0 for the input. */
  private record Memory(String text, List<Integer> blocks) {
    String names(Network network) {
      return blocks.stream()
          .map(b -> b == 0 ? "input" : network.blocks().get(b - 1).describe())
          .collect(Collectors.joining(" + "));
    }
  }

  static List<Cached> of(Learner learner, Parts parts, CacheRecipe recipe) {
    if (recipe.searches() && parts.validation().isEmpty()) {
      throw new BadInput(
          "theta=grid and lambda=grid need rows that the network did not learn from, but validation of this run is 0; give numbers, theta=80,lambda=0.5, or train with --validation 0.1");
    }
    if (recipe.flips() == CacheRecipe.Flips.HORIZONTAL && parts.train().shape().rank() != 3) {
      throw new BadInput(
          "flips of the cache are of images, but a row of the data is %s; use flips=none"
              .formatted(parts.train().shape()));
    }
    List<Memory> memories = memories(recipe.layers(), learner.network());
    List<At> all = memories.stream().map(memory -> new At(learner, memory, recipe)).toList();
    all.forEach(at -> at.requireRoom(parts));
    List<Cached> found = new ArrayList<>();
    for (At at : all) {
      try (var _ = Scope.open()) {
        found.add(at.judged(parts));
      }
    }
    return found;
  }

  private static List<Memory> memories(String text, Network network) {
    int hidden = network.hidden();
    if (hidden == 0 && (text.equals("each") || text.equals("last"))) {
      throw new BadInput("the network has no hidden block; use layers=0, its input");
    }
    return switch (text) {
      case "each" ->
          IntStream.rangeClosed(1, hidden).mapToObj(i -> new Memory("" + i, List.of(i))).toList();
      case "last" -> List.of(new Memory("" + hidden, List.of(hidden)));
      default -> {
        List<Integer> blocks = new ArrayList<>();
        for (String part : text.split("\\+", -1)) {
          int block = block(part.strip(), network);
          if (blocks.contains(block)) {
            throw new BadInput("layers '%s' name block %d twice".formatted(text, block));
          }
          blocks.add(block);
        }
        String numbers = blocks.stream().map(String::valueOf).collect(Collectors.joining("+"));
        yield List.of(new Memory(numbers, blocks));
      }
    };
  }

  private static int block(String part, Network network) {
    int blocks = network.blocks().size();
    if (part.matches("\\d{1,9}")) {
      int number = Integer.parseInt(part);
      if (number <= blocks) {
        return number;
      }
    } else if (!part.isEmpty()) {
      List<Integer> named = new ArrayList<>();
      for (int i = 0; i < blocks; i++) {
        String name = network.blocks().get(i).describe().toLowerCase(Locale.ROOT);
        if (name.contains(part.toLowerCase(Locale.ROOT))) {
          named.add(i + 1);
        }
      }
      if (named.size() == 1) {
        return named.getFirst();
      }
    }
    String known =
        IntStream.rangeClosed(1, blocks)
            .mapToObj(i -> i + " (" + network.blocks().get(i - 1).describe() + ")")
            .collect(Collectors.joining(", "));
    throw new BadInput(
        "layers must be each, last, or numbers or names of one block each, joined by +, but name '%s'; known: 0 (input), %s"
            .formatted(part, known));
  }

  /** A recipe at certain layers of a network. */
  private record At(Learner learner, Memory memory, CacheRecipe recipe) {
    private Network network() {
      return learner.network();
    }

    private long width(int block) {
      Shape map = block == 0 ? network().input() : network().map(block - 1);
      return recipe.pool() == CacheRecipe.Pool.MEAN && map.rank() == 3 ? map.axis(0) : map.size();
    }

    private long width() {
      return memory.blocks().stream().mapToLong(this::width).sum();
    }

    private int copies() {
      return recipe.flips() == CacheRecipe.Flips.HORIZONTAL ? 2 : 1;
    }

    private static int rows(Parts parts) {
      return parts.train().size() + parts.validation().stream().mapToInt(Dataset::size).sum();
    }

    void requireRoom(Parts parts) {
      long keys = (long) rows(parts) * copies();
      double gib = SimpleCache.bytes(keys, width(), parts.train().classes().size()) / GIB;
      if (gib > recipe.memory()) {
        throw new BadInput(
            "keys of layers %s, %,d of %,d numbers, need %.2g GiB, but memory is %.2g; use pool=mean, a smaller layer or memory=%.0f"
                .formatted(memory.text(), keys, width(), gib, recipe.memory(), Math.ceil(gib)));
      }
    }

    Cached judged(Parts parts) {
      int classes = parts.train().classes().size();
      SimpleCache cache = SimpleCache.of((long) rows(parts) * copies(), width(), classes);
      fill(cache, parts.train());
      double[] thetas = recipe.thetas();
      double[] lambdas = recipe.lambdas();
      double theta = thetas[0];
      double lambda = lambdas[0];
      double temperature = Double.NaN;
      if (!parts.validation().isEmpty()) {
        Dataset held = parts.validation().getFirst();
        temperature = Temperature.fitted(outputs(held), labels(held));
        if (recipe.searches()) {
          Sums[][] grid = sums(cache, held, thetas, lambdas);
          Sums best = grid[0][0];
          for (int t = 0; t < thetas.length; t++) {
            for (int l = 0; l < lambdas.length; l++) {
              if (grid[t][l].isBetter(best)) {
                best = grid[t][l];
                theta = thetas[t];
                lambda = lambdas[l];
              }
            }
          }
        }
        fill(cache, held);
      }
      Dataset test = parts.test();
      double[] wanted = {0, lambda, 1}; // network, mixture, cache
      Sums[] sums = sums(cache, test, new double[] {theta}, wanted)[0];
      Judged calibrated =
          Double.isNaN(temperature)
              ? new Judged(Double.NaN, Double.NaN)
              : Temperature.judged(outputs(test), labels(test), temperature);
      return new Cached(
          memory.text(),
          memory.names(network()),
          width(),
          cache.size(),
          theta,
          lambda,
          temperature,
          sums[0].judged(test.size()),
          calibrated,
          sums[2].judged(test.size()),
          sums[1].judged(test.size()));
    }

    /** What is done with a batch and what the network made of it. */
    private interface Use {
      void of(Batch batch, Trace trace);
    }

    private void each(Dataset rows, int atOnce, boolean[] mirrored, Use use) {
      Tensor like = network().parameters().getFirst().value();
      int[] order = IntStream.range(0, rows.size()).toArray();
      for (boolean mirror : mirrored) {
        for (int from = 0; from < order.length; from += atOnce) {
          int count = Math.min(atOnce, order.length - from);
          try (var _ = Scope.open()) {
            Batch batch = Batch.of(rows, order, from, count, like.precision(), like.device());
            Tensor inputs = mirror ? batch.inputs().mirrored() : batch.inputs();
            use.of(batch, learner.trace(inputs, Mode.EVAL));
          }
        }
      }
    }

    private static final boolean[] PLAIN = {false};
    private static final boolean[] BOTH = {false, true};

    private void fill(SimpleCache cache, Dataset rows) {
      each(
          rows,
          Evaluation.rows(network()),
          copies() == 2 ? BOTH : PLAIN,
          (batch, trace) -> cache.add(features(trace), batch.labels()));
    }

    /** {@code [batch, d]}. */
    private Tensor features(Trace trace) {
      List<Integer> blocks = memory.blocks();
      if (blocks.size() == 1) {
        return features(trace, blocks.getFirst());
      }
      Tensor all = Tensor.zeros(Precision.FP32, trace.input().size(0), width());
      long from = 0;
      for (int block : blocks) {
        all.columns(from, width(block)).copyFrom(features(trace, block));
        from += width(block);
      }
      return all;
    }

    private Tensor features(Trace trace, int block) {
      Tensor x = block == 0 ? trace.input() : trace.steps().get(block - 1).output();
      Shape map = block == 0 ? network().input() : network().map(block - 1);
      if (recipe.pool() == CacheRecipe.Pool.MEAN && map.rank() == 3) {
        return x.reshaped(x.size(0), map.axis(0), -1)
            .sum(2)
            .multiply((double) map.axis(0) / map.size());
      }
      return x.reshaped(x.size(0), -1);
    }

    /** For every θ and λ, what the mixture makes of the rows. */
    private Sums[][] sums(SimpleCache cache, Dataset rows, double[] thetas, double[] lambdas) {
      Sums[][] sums = new Sums[thetas.length][lambdas.length];
      for (Sums[] row : sums) {
        for (int l = 0; l < row.length; l++) {
          row[l] = new Sums();
        }
      }
      int atOnce = Math.clamp(NUMBERS / Math.max(1, cache.size()), 1, Evaluation.rows(network()));
      each(
          rows,
          atOnce,
          PLAIN,
          (batch, trace) -> {
            Tensor outputs = learner.feedback().predict(trace).to(Precision.FP64);
            double[] own = outputs.softmax().toDoubles();
            SimpleCache.Neighbours near = cache.neighbours(features(trace), recipe.nearest());
            for (int t = 0; t < thetas.length; t++) {
              try (var _ = Scope.open()) {
                double[] cached = near.shares(thetas[t]).toDoubles();
                for (int l = 0; l < lambdas.length; l++) {
                  sums[t][l].add(own, cached, lambdas[l], batch.labels());
                }
              }
            }
          });
      return sums;
    }

    /** The outputs of all rows, one after the other. */
    private double[] outputs(Dataset rows) {
      int classes = rows.classes().size();
      double[] all = new double[Math.multiplyExact(rows.size(), classes)];
      int[] at = {0};
      each(
          rows,
          Evaluation.rows(network()),
          PLAIN,
          (_, trace) -> {
            double[] some = learner.feedback().predict(trace).toDoubles();
            System.arraycopy(some, 0, all, at[0], some.length);
            at[0] += some.length;
          });
      return all;
    }

    private static int[] labels(Dataset rows) {
      return IntStream.range(0, rows.size()).map(rows::label).toArray();
    }
  }

  /** Right answers and losses so far. */
  private static final class Sums {
    private int correct;
    private double loss;

    void add(double[] network, double[] cache, double lambda, int[] labels) {
      int classes = network.length / labels.length;
      for (int i = 0; i < labels.length; i++) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        double own = 0;
        for (int c = 0; c < classes; c++) {
          int k = i * classes + c;
          double share = (1 - lambda) * network[k] + lambda * cache[k];
          if (share > most) {
            most = share;
            best = c;
          }
          own = c == labels[i] ? share : own;
        }
        correct += best == labels[i] ? 1 : 0;
        loss -= Math.log(Math.max(LEAST, own));
      }
    }

    boolean isBetter(Sums other) {
      return correct > other.correct || (correct == other.correct && loss < other.loss);
    }

    Judged judged(int rows) {
      return new Judged((double) correct / rows, loss / rows);
    }
  }
}
