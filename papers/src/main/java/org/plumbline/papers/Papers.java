package org.plumbline.papers;

import java.util.List;
import org.plumbline.papers.akrout2019.Akrout2019;
import org.plumbline.papers.crafton2019.Crafton2019;
import org.plumbline.papers.hinton2022.Hinton2022;
import org.plumbline.papers.launay2019.Launay2019;
import org.plumbline.papers.ma2020.Ma2020;
import org.plumbline.papers.nokland2016.Nokland2016;
import org.plumbline.papers.noklandeidnes2019.NoklandEidnes2019;
import org.plumbline.papers.pepita2022.Pepita2022;
import org.plumbline.papers.sanfiz2021.Sanfiz2021;
import org.plumbline.papers.webster2021.Webster2021;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/** The papers, each once, in the order in which they are listed. */
public final class Papers {
  private static final List<Paper> ALL =
      List.of(
          Ma2020.PAPER,
          Akrout2019.PAPER,
          Nokland2016.PAPER,
          Pepita2022.PAPER,
          Launay2019.PAPER,
          NoklandEidnes2019.PAPER,
          Hinton2022.PAPER,
          Sanfiz2021.PAPER,
          Webster2021.PAPER,
          Crafton2019.PAPER);

  private Papers() {}

  /**
   * All of them.
   *
   * @return at least one
   */
  public static List<Paper> all() {
    return ALL;
  }

  /**
   * One of them.
   *
   * @param id as it was written
   * @return the paper
   * @throws BadInput with the nearest name, if there is no such paper
   */
  public static Paper paper(String id) {
    return ALL.stream()
        .filter(paper -> paper.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "unknown paper '%s'; %s"
                    .formatted(id, Nearest.hint(id, ALL.stream().map(Paper::id).toList()))));
  }

  /**
   * A cell of a paper.
   *
   * @param paper whose
   * @param id as it was written
   * @return the cell and where it stands
   * @throws BadInput with the nearest name, if there is no such cell
   */
  public static Paper.Place cell(Paper paper, String id) {
    return paper.places().stream()
        .filter(place -> place.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "%s has no cell '%s'; %s"
                    .formatted(
                        paper.id(),
                        id,
                        Nearest.hint(id, paper.places().stream().map(Paper.Place::id).toList()))));
  }
}
