package org.plumbline.edge;

/** In what order rows are learnt from. */
public enum Order {
  /** A function of the seed; anew for every epoch, and for workers once, before rows are dealt. */
  SHUFFLED {
    @Override
    void put(int[] rows, long key) {
      Draws.shuffle(rows, key);
    }
  },
  /** As they are given, for a stream whose order is its own. */
  STORED {
    @Override
    void put(int[] rows, long key) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i;
      }
    }
  };

  /** The row numbers 0…n−1 into an array of n. */
  abstract void put(int[] rows, long key);
}
