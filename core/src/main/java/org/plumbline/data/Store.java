package org.plumbline.data;

import java.security.MessageDigest;

/** How rows lie in memory; {@link Rows} picks some of them and gives them names. */
interface Store {
  int size();

  int label(int row);

  /** How many labels a row has. */
  default int labels() {
    return 1;
  }

  default int label(int row, int place) {
    return label(row);
  }

  void copyInput(int row, float[] into, int at);

  void copyOriginal(int row, float[] into, int at);

  Standardisation standardisation();

  /** Adds all that determines a row's input to a hash. */
  void digest(int row, MessageDigest digest);
}
