package org.plumbline.data;

import java.nio.file.Path;
import java.util.List;
import org.plumbline.value.Catalogue;

/**
 * Text as token numbers, {@code [context]} a row. A value: a record that prints as it parses,
 * {@code characters:context=64}.
 */
public sealed interface Text permits Characters, Sentences {
  /**
   * Tokens of a row.
   *
   * @return 1 to 4096
   */
  int context();

  /**
   * The files, as they are called in the folder of the set.
   *
   * @return training data first
   */
  List<String> files();

  /**
   * The folder that they usually lie in.
   *
   * @return for example {@code glue/CoLA}
   */
  String folder();

  /**
   * Reads the rows.
   *
   * @param name what the data set is called
   * @param files that {@link #files} names, wherever they are
   * @return training and test rows
   */
  Split read(String name, List<Path> files);

  /**
   * Text that a trained model is asked about.
   *
   * @param line of a file
   * @param classes of the model
   * @return its tokens, and which of its rows answers
   */
  Question question(String line, List<String> classes);

  /**
   * A row as people read it.
   *
   * @param tokens {@code [context]}
   * @param classes of the data set
   * @return without padding
   */
  String written(float[] tokens, List<String> classes);

  /**
   * A row and where its answer stands.
   *
   * @param tokens {@code [context]}
   * @param place of the answer among those of the row, from 0
   */
  @SuppressWarnings("ArrayRecordComponent") // made once and never compared
  record Question(float[] tokens, int place) {}

  /**
   * The texts there are.
   *
   * @return by name
   */
  static Catalogue<Text> catalogue() {
    return new Catalogue<Text>("data set")
        .with("characters", Characters.class)
        .with("sentences", Sentences.class);
  }
}
