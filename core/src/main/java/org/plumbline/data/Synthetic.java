package org.plumbline.data;

import org.plumbline.value.Catalogue;

/**
 * Rows drawn from a seed of their own, so that runs with other seeds learn from the same data. A
 * value: a record that prints as it parses, {@code two-moons:examples=500,noise=0.2}.
 */
public interface Synthetic {
  /**
   * Draws all rows.
   *
   * @param name what the data set is called
   * @return the same rows every time, {@code [features]} each, not standardised
   */
  Rows draw(String name);

  /**
   * The generators there are.
   *
   * @return by name
   */
  static Catalogue<Synthetic> catalogue() {
    return new Catalogue<Synthetic>("data set")
        .with("two-moons", TwoMoons.class)
        .with("teacher-student", TeacherStudent.class);
  }
}
