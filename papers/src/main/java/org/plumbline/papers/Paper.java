package org.plumbline.papers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A paper whose numbers are repeated.
 *
 * @param id author and year: {@code nokland-2016}
 * @param title as printed
 * @param citation authors, year and arXiv id
 * @param recipes in the paper's order
 * @param differs where we differ, faults of the reference code included: paragraphs of Markdown
 * @param figures drawn from its cells, beside those that every paper has
 */
public record Paper(
    String id,
    String title,
    String citation,
    List<Recipe> recipes,
    List<String> differs,
    List<Figure> figures) {

  /**
   * A cell and where it stands.
   *
   * @param paper whose
   * @param recipe whose
   * @param cell itself
   */
  public record Place(Paper paper, Recipe recipe, Cell cell) {
    /**
     * The cell's name in the paper.
     *
     * @return {@code mnist-2x800-dfa}
     */
    public String id() {
      return recipe.idOf(cell);
    }

    /**
     * The cell's name among all.
     *
     * @return {@code nokland-2016/mnist-2x800-dfa}
     */
    public String path() {
      return paper.id + "/" + id();
    }
  }

  /**
   * Copies the lists and checks that no cell's name is there twice.
   *
   * @param id author and year
   * @param title as printed
   * @param citation authors, year and arXiv id
   * @param recipes in the paper's order
   * @param differs paragraphs of Markdown
   * @param figures drawn from its cells
   */
  public Paper {
    recipes = List.copyOf(recipes);
    differs = List.copyOf(differs);
    figures = List.copyOf(figures);
    Map<String, Cell> seen = new LinkedHashMap<>();
    for (Recipe recipe : recipes) {
      for (Cell cell : recipe.cells()) {
        if (seen.put(recipe.idOf(cell), cell) != null) {
          throw new IllegalArgumentException(id + " has two cells " + recipe.idOf(cell));
        }
      }
    }
  }

  /**
   * Its cells.
   *
   * @return recipe by recipe
   */
  public List<Place> places() {
    return recipes.stream()
        .flatMap(recipe -> recipe.cells().stream().map(cell -> new Place(this, recipe, cell)))
        .toList();
  }
}
