package org.plumbline.papers.results;

import java.util.Map;
import org.plumbline.papers.Paper;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;

/** Rows for tests of other packages. */
public final class Rows {
  private Rows() {}

  /** A whole run of the present recipe. */
  public static Row of(Paper.Place place, long seed, double error, Map<String, Double> figures) {
    Configuration configuration = place.recipe().configurationOf(place.cell());
    long epochs = Long.parseLong(configuration.get(Options.EPOCHS));
    return new Row(
        place.id(),
        seed,
        epochs,
        error,
        error / 2,
        60 * place.cell().minutes(),
        "c0ffee",
        "a machine",
        1,
        "abc",
        epochs,
        "epochs",
        RecipeHash.of(configuration),
        "",
        figures);
  }
}
