package org.plumbline.optim;

import org.junit.jupiter.api.Nested;
import org.plumbline.tensor.OptimizerOracle;
import org.plumbline.tensor.Tensor;

/** Every optimizer, with and without decay and momentum, under the contract. */
class OptimizersTest {
  @Nested
  class Plain extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.sgd(start, 0.1, 0, 0);
    }
  }

  @Nested
  class PlainWithDecay extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1, 0, Sgd.Acceleration.CLASSICAL, 0.05);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.sgd(start, 0.1, 0, 0.05);
    }
  }

  @Nested
  class Momentum extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1, 0.9, Sgd.Acceleration.CLASSICAL, 0);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.sgd(start, 0.1, 0.9, 0);
    }
  }

  @Nested
  class MomentumWithDecay extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1, 0.9, Sgd.Acceleration.CLASSICAL, 0.05);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.sgd(start, 0.1, 0.9, 0.05);
    }
  }

  @Nested
  class Nesterov extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.nesterov(start, 0.1, 0.9, 0);
    }
  }

  @Nested
  class NesterovWithDecay extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0.05);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.nesterov(start, 0.1, 0.9, 0.05);
    }
  }

  @Nested
  class RmsPropDefault extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new RmsProp(0.01);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.rmsProp(start, 0.01, 0.99, 1e-8, 0);
    }
  }

  @Nested
  class RmsPropWithDecay extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new RmsProp(0.01, 0.8, 1e-2, 0.05);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.rmsProp(start, 0.01, 0.8, 1e-2, 0.05);
    }
  }

  @Nested
  class AdamDefault extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Adam(0.01);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.adam(start, 0.01, 0.9, 0.999, 1e-8, 0);
    }
  }

  @Nested
  class AdamWithDecay extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new Adam(0.01, 0.7, 0.95, 1e-2, 0.05);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.adam(start, 0.01, 0.7, 0.95, 1e-2, 0.05);
    }
  }

  @Nested
  class AdamWDefault extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new AdamW(0.01);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.adamW(start, 0.01, 0.9, 0.999, 1e-8, 0.01);
    }
  }

  @Nested
  class AdamWOtherwise extends OptimizerContract {
    @Override
    protected Optimizer optimizer() {
      return new AdamW(0.01, 0.7, 0.95, 1e-2, 0.5);
    }

    @Override
    protected OptimizerOracle oracle(Tensor start) {
      return OptimizerOracle.adamW(start, 0.01, 0.7, 0.95, 1e-2, 0.5);
    }
  }
}
