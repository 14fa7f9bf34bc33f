package org.plumbline.data;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/** Where texts lie, and what all of them need. */
final class TextFiles {
  /** The longest row: scores of attention grow with its square. */
  private static final int LONGEST = 4096;

  private TextFiles() {}

  /** The files, in the given folder or the usual ones; a text of one file may be given itself. */
  static Optional<List<Path>> find(Text text, Optional<Path> dataDir) {
    if (dataDir.isPresent() && text.files().size() == 1 && Files.isRegularFile(dataDir.get())) {
      return Optional.of(List.of(dataDir.get()));
    }
    return Places.of(dataDir).of(text.folder()).stream()
        .map(place -> text.files().stream().map(place::resolve).toList())
        .filter(found -> found.stream().allMatch(Files::isRegularFile))
        .findFirst();
  }

  /** The files, or a refusal that says where they belong. */
  static List<Path> expect(Text text, String name, Optional<Path> dataDir) {
    return find(text, dataDir)
        .orElseThrow(() -> {
          List<Path> tried = Places.of(dataDir).of(text.folder());
          return new BadInput(
              "%s is not here: put %s into %s, or name its folder with --data-dir (looked in %s)"
                  .formatted(
                      name,
                      String.join(", ", text.files()),
                      tried.getFirst(),
                      String.join(", ", tried.stream().map(Path::toString).toList())));
        });
  }

  /** Refuses a context that cannot be. */
  static void check(int context) {
    Check.atLeast("context", 1, context);
    if (context > LONGEST) {
      throw new BadInput("context must be at most %d, but is %d".formatted(LONGEST, context));
    }
  }

  /** All bytes of a file, gzip or not, of which the rows may take so many times the memory. */
  static byte[] bytes(Path file, int times) {
    try (Source in = Source.open(file)) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] piece = new byte[1 << 16];
      for (int n = in.read(piece, 0, piece.length); n >= 0; n = in.read(piece, 0, piece.length)) {
        all.write(piece, 0, n);
        Memory.expect(file, times * in.position());
      }
      return all.toByteArray();
    }
  }

  /** Names of the places of a row. */
  static List<String> places(int context) {
    return IntStream.rangeClosed(1, context).mapToObj(i -> "token " + i).toList();
  }
}
