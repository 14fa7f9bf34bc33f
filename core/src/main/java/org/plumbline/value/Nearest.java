package org.plumbline.value;

import java.util.Collection;
import java.util.Comparator;

/** Finds the known name that an unknown one most likely meant. */
public final class Nearest {
  private Nearest() {}

  /**
   * The words that end a refusal: {@code did you mean 'dfa'? known: bp, dfa}.
   *
   * @param unknown the name that was given
   * @param known the names there are
   * @return a clause to append to the message
   */
  public static String hint(String unknown, Collection<String> known) {
    String all = "known: " + String.join(", ", known);
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(unknown, name)))
        .filter(name -> distance(unknown, name) <= Math.max(2, name.length() / 3))
        .map(name -> "did you mean '" + name + "'? " + all)
        .orElse(all);
  }

  /** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
