package org.plumbline.bench;

import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;

/**
 * What all contenders of one cell begin with: the same weights, the same rows.
 *
 * @param workload the shape
 * @param inputs row by row
 * @param labels class numbers, one a row
 * @param seed of the weights
 */
@SuppressWarnings("ArrayRecordComponent") // made once a cell and never compared
record Start(Workload workload, float[] inputs, int[] labels, Seed seed) {
  private static final Seed SEED = Seed.of(1);

  /** In the open scope, but nothing of it stays there. */
  static Start of(Workload workload) {
    Seed rows = SEED.child("rows");
    int[] labels = new int[workload.batch()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = Math.floorMod(rows.child("labels").bits(i), workload.classes());
    }
    float[] inputs =
        rows.child("inputs")
            .normal(1, workload.input().withRows(workload.batch()).toArray())
            .toFloats();
    return new Start(workload, inputs, labels, SEED.child("weights"));
  }

  /** A network that begins so, in the open scope. Xavier's law keeps deep signals alive. */
  Network network(Precision precision) {
    return Network.of(
        workload.layers(),
        workload.input(),
        new Layer.Birth(new Initialiser.Xavier(), seed, precision, Device.CPU));
  }
}
