package org.plumbline.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Batch;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.probe.Capacity;
import org.plumbline.probe.Capacity.Norm;
import org.plumbline.probe.ReluNet;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.Check;

/**
 * The capacity of the model that a run left, and the same function with every hidden layer's norm
 * 1: what its scale comes to when it all stands in the last layer.
 *
 * @param rows over which it was read
 * @param readings of the probe {@code capacity}
 * @param layers from the input to the output; none where there is no bound
 * @param difference of the rescaled net's outputs, in double precision, as a share of the greatest
 *     output; not a number where there is none
 */
public record Rescaling(
    int rows, Map<String, Double> readings, List<Layer> layers, double difference) {
  /**
   * One layer.
   *
   * @param name for example {@code dense 64→128, relu}
   * @param before its norms
   * @param after the same of the rescaled net, of which {@link Norm#L1_INF} is made 1
   */
  public record Layer(String name, Map<Norm, Double> before, Map<Norm, Double> after) {
    /**
     * Copies the maps.
     *
     * @param name of the block
     * @param before norms
     * @param after norms
     */
    public Layer {
      before = Map.copyOf(before);
      after = Map.copyOf(after);
    }
  }

  /**
   * Copies.
   *
   * @param rows over which it was read
   * @param readings of the probe
   * @param layers from the input to the output
   * @param difference of the outputs
   */
  public Rescaling {
    readings = Map.copyOf(readings);
    layers = List.copyOf(layers);
  }

  /**
   * Reads a finished run.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @param rows training rows drawn from the run's seed, at least 1
   * @return what was read
   * @throws org.plumbline.value.BadInput if there is no model, or the data are gone
   */
  public static Rescaling of(Path run, Optional<Path> plugins, int rows) {
    Check.atLeast("rows", 1, rows);
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run, plugins);
      Experiment experiment = model.experiment();
      Learner learner = model.learner();
      Parts parts = Parts.of(experiment);
      Seed seed = experiment.seed().child("probe");
      int[] order = seed.child("rows").permutation(parts.train().size());
      int count = Math.min(rows, order.length);
      Batch batch =
          Batch.of(
              parts.train(), order, 0, count, experiment.precision().kept(), experiment.device());
      Tensor x = learner.prepared().apply(batch.inputs());
      Network network = learner.network();
      Tensor output = network.trace(x, Mode.EVAL).output();
      Map<String, Double> readings = new Capacity().read(network, x, output, batch.targets());
      Optional<ReluNet> found = ReluNet.of(network, x, output);
      if (found.isEmpty()) {
        return new Rescaling(count, readings, List.of(), Double.NaN);
      }
      ReluNet net = found.get();
      ReluNet scaled = net.rescaled(Norm.L1_INF);
      List<Layer> layers = new ArrayList<>();
      for (int l = 0; l <= net.hidden(); l++) {
        layers.add(new Layer(network.blocks().get(l).describe(), norms(net, l), norms(scaled, l)));
      }
      double difference = difference(experiment, parts.train().shape(), network, scaled, x);
      return new Rescaling(count, readings, layers, difference);
    }
  }

  private static Map<Norm, Double> norms(ReluNet net, int layer) {
    Map<Norm, Double> norms = new EnumMap<>(Norm.class);
    for (Norm norm : Norm.values()) {
      norms.put(norm, net.norm(layer, norm));
    }
    return norms;
  }

  private static double difference(
      Experiment experiment, Shape input, Network network, ReluNet scaled, Tensor rows) {
    Network wide =
        Experiment.of(experiment.configuration().with(Options.PRECISION, "fp64"))
            .network(input, Math.toIntExact(network.outputs()));
    Map<String, Tensor> from = network.state();
    wide.state()
        .forEach((name, tensor) -> {
          Tensor value = from.get(name);
          if (value != null) {
            tensor.copyFrom(value.to(Precision.FP64));
          }
        });
    Tensor x = rows.to(Precision.FP64);
    double[] before = wide.trace(x, Mode.EVAL).output().toDoubles();
    scaled.into(wide);
    double[] after = wide.trace(x, Mode.EVAL).output().toDoubles();
    double most = 0;
    double size = 0;
    for (int i = 0; i < before.length; i++) {
      most = Math.max(most, Math.abs(after[i] - before[i]));
      size = Math.max(size, Math.abs(before[i]));
    }
    return most / size;
  }
}
