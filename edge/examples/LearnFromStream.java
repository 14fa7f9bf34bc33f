import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.edge.Arithmetic;
import org.plumbline.edge.Budget;
import org.plumbline.edge.Crew;
import org.plumbline.edge.Curve;
import org.plumbline.edge.Learner;
import org.plumbline.edge.Mode;
import org.plumbline.edge.Model;
import org.plumbline.edge.Network;
import org.plumbline.edge.Plan;
import org.plumbline.edge.Predictor;
import org.plumbline.edge.Progress;
import org.plumbline.edge.Stream;

/** A device that learns which of four movements a sensor sees, from a stream, with whole numbers alone. */
public final class LearnFromStream {
  private static final int READINGS = 32; // bytes of one look at the sensor
  private static final int MOVEMENTS = 4;
  private static int noise = 1;

  public static void main(String[] arguments) throws Exception {
    Plan plan = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(READINGS, 24, MOVEMENTS), 1);
    System.out.println("bytes: " + Budget.training(plan, 10, 50, 1).total());
    Network network = new Network(plan);
    Crew alone = Crew.of(1);
    Stream stream = new Stream(new Learner(network, 10, Mode.FAST, alone), 50, 10, 3, 1000);
    Predictor predictor = new Predictor(network, Mode.FAST, alone);

    byte[] look = new byte[READINGS];
    int right = 0;
    for (int time = 1; time <= 3000; time++) {
      int movement = random() % MOVEMENTS;
      sense(movement, look);
      right += predictor.classify(look) == movement ? 1 : 0; // it is asked before it is told
      stream.observe(look, 0, movement); // every 50th look it learns from the buffer
      if (time % 1000 == 0) {
        System.out.println("looks " + time + ": right " + right + " of the last 1000");
        right = 0;
      }
    }

    Path file = Path.of(arguments[0]);
    new Model(network, Progress.NONE, Map.of("sensor", "wrist"), Optional.empty()).write(file);
    Network again = Model.read(file).network();
    System.out.println("stored: " + Files.size(file) + " bytes, largest weight " + again.largestWeight());
  }

  /** A wave whose length tells the movement, at any phase, with noise. */
  private static void sense(int movement, byte[] look) {
    int phase = random() % 4;
    for (int i = 0; i < look.length; i++) {
      int wave = (i + phase) / (movement + 2) % 2 == 0 ? 30 : 190;
      look[i] = (byte) (wave + random() % 40);
    }
  }

  private static int random() {
    noise = noise * 1103515245 + 12345;
    return noise >>> 16;
  }
}
