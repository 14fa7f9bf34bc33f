package org.plumbline.papers;

import java.nio.file.Path;
import java.util.List;
import org.plumbline.train.Configuration;

/**
 * How a table of a paper was made: one configuration, of which each cell changes the rule and what
 * goes with it.
 *
 * @param id unique in the paper
 * @param about one line
 * @param configuration keys of a configuration as a YAML file has them, over the defaults or over
 *     the preset that the key {@code preset} names
 * @param cells baselines first
 */
public record Recipe(String id, String about, String configuration, List<Cell> cells) {
  /**
   * Checks the name and copies the cells.
   *
   * @param id unique in the paper
   * @param about one line
   * @param configuration keys of a configuration
   * @param cells baselines first
   */
  public Recipe {
    cells = List.copyOf(cells);
    if (!Cell.NAME.matcher(id).matches()) {
      throw new IllegalArgumentException("a recipe is named like mnist-2x800, but is '" + id + "'");
    }
  }

  /**
   * A recipe with its cells.
   *
   * @param id unique in the paper
   * @param about one line
   * @param configuration keys of a configuration
   * @param cells baselines first
   * @return the recipe
   */
  public static Recipe of(String id, String about, String configuration, Cell... cells) {
    return new Recipe(id, about, configuration, List.of(cells));
  }

  /**
   * The name of a cell in the paper.
   *
   * @param cell of this recipe
   * @return {@code mnist-2x800-dfa}
   */
  public String idOf(Cell cell) {
    return id + "-" + cell.name();
  }

  /**
   * What a cell runs.
   *
   * @param cell of this recipe
   * @return complete; seed, threads and the data's folder are the defaults
   */
  public Configuration configurationOf(Cell cell) {
    Configuration base = Configuration.parse(Path.of("recipe " + id), configuration);
    return base.changed(Path.of("cell " + idOf(cell)), cell.changes());
  }
}
