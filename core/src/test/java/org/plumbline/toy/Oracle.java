package org.plumbline.toy;

import java.util.List;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Recorded;
import org.plumbline.tensor.Tensor;

/** The tanh net written out once more, for libtorch's autograd. */
public final class Oracle {
  private Oracle() {}

  /** The gradients of the mean softmax loss by all parameters of a tanh net with biases. */
  public static List<Tensor> gradients(Network network, Toy.Batch batch) {
    List<Tensor> parameters = network.parameters().stream().map(Parameter::value).toList();
    Recorded loss =
        Recorded.of(
            parameters,
            p -> {
              Tensor h = batch.inputs();
              for (int i = 0; i < p.size(); i += 2) {
                Tensor a = h.linear(p.get(i), p.get(i + 1));
                h = i + 2 < p.size() ? a.tanh() : a;
              }
              return h.logSoftmax().times(batch.targets()).sum().scaled(-1.0 / h.size(0));
            });
    return loss.gradients(loss.output().sameShape().fill(1));
  }
}
