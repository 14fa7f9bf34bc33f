package org.plumbline.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.plumbline.data.Description.Origin;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Nearest;

/** Finds, checks and reads data sets by name or path. Nothing here downloads; see {@link Fetch}. */
public final class Datasets {
  private static final String DIGITS = "digits";
  private static final List<String> TABLES =
      List.of(".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz");

  private Datasets() {}

  /**
   * Reads a data set.
   *
   * @param request what the user asked for
   * @return its training and test rows, of the same shape and classes
   * @throws BadInput if it is unknown, absent or malformed
   */
  public static Split open(DataRequest request) {
    return find(request).get();
  }

  /**
   * Says all that can be said against a request without reading data: unknown names and parameters,
   * absent files.
   *
   * @param request what the user asked for
   * @throws BadInput if it is unknown or absent
   */
  public static void check(DataRequest request) {
    find(request);
  }

  /**
   * The data sets there are, each with where it was looked for.
   *
   * @param dataDir the only folder to look in; otherwise the usual ones
   * @return the built-in set, then published ones, then generators
   */
  public static List<Description> list(Optional<Path> dataDir) {
    Places places = Places.of(dataDir);
    List<Description> all = new ArrayList<>();
    all.add(
        new Description(
            DIGITS,
            "1,797 handwritten digits, grey 8 × 8, 10 classes",
            "CC BY 4.0 (E. Alpaydin, C. Kaynak, UCI)",
            Origin.EMBEDDED,
            List.of(),
            Optional.empty()));
    for (Published set : Published.ALL) {
      all.add(
          new Description(
              set.title(),
              set.what(),
              set.licence(),
              Origin.FILES,
              places.of(set.folder()),
              set.find(places)));
    }
    Catalogue<Synthetic> synthetic = Synthetic.catalogue();
    for (String name : synthetic.names()) {
      all.add(
          new Description(
              name,
              synthetic.about(name),
              "none needed",
              Origin.GENERATED,
              List.of(),
              Optional.empty()));
    }
    Catalogue<Text> texts = Text.catalogue();
    for (String name : texts.names()) {
      Text text = texts.fallback(name);
      all.add(
          new Description(
              name,
              texts.about(name),
              "that of the text",
              Origin.FILES,
              places.of(text.folder()),
              TextFiles.find(text, dataDir)
                  .map(files -> files.getFirst().toAbsolutePath().getParent())));
    }
    return all;
  }

  /**
   * What a request for text asks for.
   *
   * @param request any
   * @return nothing if it asks for other data
   */
  public static Optional<Text> text(DataRequest request) {
    String data = request.data().strip();
    int colon = data.indexOf(':');
    String name = colon < 0 ? data : data.substring(0, colon).strip();
    Catalogue<Text> texts = Text.catalogue();
    return texts.names().contains(name) ? Optional.of(texts.parse(data)) : Optional.empty();
  }

  /**
   * Some rows of a data set, in the order given; the memory is shared.
   *
   * @param from the data set
   * @param rows numbers 0…size−1, repeated as you like
   * @return the rows
   */
  public static Rows subset(Dataset from, int[] rows) {
    return Rows.pick(from, rows);
  }

  /**
   * Divides a data set in two, class by class, so that both parts have the classes in nearly the
   * same proportions: of n rows of a class the second part gets round(fraction · n), but at least 1
   * and at most n − 1. Of a text whose every token is judged, the second part is its end. Inputs
   * stay as they are standardised.
   *
   * @param from the data set
   * @param fraction of the second part, at least 0 and below 1; 0 leaves it empty
   * @param seed draws which rows
   * @return the larger part as {@code train}, the held-back part as {@code test}
   */
  public static Split stratified(Dataset from, double fraction, Seed seed) {
    int[] held =
        from.labels() > 1
            ? Stratified.end(from.size(), fraction)
            : Stratified.heldBack(from, fraction, seed);
    return new Split(Rows.pick(from, Stratified.others(from.size(), held)), Rows.pick(from, held));
  }

  /**
   * The same request with absolute paths, so that a run can be resumed from any folder.
   *
   * @param request as a user made it
   * @return the same data
   * @throws BadInput with the nearest name, if the data are neither a name nor a file's path
   */
  public static DataRequest located(DataRequest request) {
    String data = request.data().strip();
    int colon = data.indexOf(':');
    String name = colon < 0 ? data : data.substring(0, colon).strip();
    return new DataRequest(
        isName(name) ? data : table(data).toAbsolutePath().normalize().toString(),
        request.dataDir().map(dir -> dir.toAbsolutePath().normalize()),
        request.labelColumn(),
        request.testFraction(),
        request.seed());
  }

  /**
   * What people call the data.
   *
   * @param request any
   * @return the name that was asked for; of a table the name of its file, without its folder
   */
  public static String nameOf(DataRequest request) {
    String data = request.data().strip();
    int colon = data.indexOf(':');
    return isName(colon < 0 ? data : data.substring(0, colon).strip())
        ? data
        : String.valueOf(table(data).getFileName());
  }

  private static boolean isName(String name) {
    return name.equals(DIGITS)
        || Published.named(name).isPresent()
        || Synthetic.catalogue().names().contains(name)
        || Text.catalogue().names().contains(name);
  }

  private static Supplier<Split> find(DataRequest request) {
    String data = request.data().strip();
    int colon = data.indexOf(':');
    String name = colon < 0 ? data : data.substring(0, colon).strip();
    Optional<Published> published = Published.named(name);
    Catalogue<Synthetic> synthetic = Synthetic.catalogue();
    boolean known = isName(name);
    if (known && request.labelColumn().isPresent()) {
      throw new BadInput("label-column is for CSV files, but data is '" + data + "'");
    }
    if (synthetic.names().contains(name)) {
      Synthetic generator = synthetic.parse(data);
      return () -> divided(generator.draw(synthetic.print(generator)), request);
    }
    Optional<Text> text = text(request);
    if (text.isPresent()) {
      String whole = Text.catalogue().print(text.get());
      List<Path> files = TextFiles.expect(text.get(), name, request.dataDir());
      return () -> text.get().read(whole, files);
    }
    if (known && colon >= 0) {
      throw new BadInput("data set '" + name + "' has no parameters, but data is '" + data + "'");
    }
    if (published.isPresent()) {
      Path place = published.get().expect(Places.of(request.dataDir()));
      return () -> published.get().read(place);
    }
    if (name.equals(DIGITS)) {
      return () -> divided(Digits.read(), request);
    }
    Path file = table(data);
    Source.check(file);
    return () -> divided(file, request);
  }

  /** The file that a name which is no data set means. */
  private static Path table(String data) {
    String lower = data.toLowerCase(Locale.ROOT);
    boolean meansFile =
        data.indexOf('/') >= 0
            || data.indexOf('\\') >= 0
            || TABLES.stream().anyMatch(lower::endsWith);
    try {
      Path file = Path.of(data);
      if (meansFile || (!data.isEmpty() && Files.isRegularFile(file))) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new BadInput("data '" + data.replaceAll("\\p{C}", "?") + "' cannot be a path", e);
    }
    List<String> names = new ArrayList<>(List.of(DIGITS));
    for (Published set : Published.ALL) {
      names.add(set.title());
    }
    names.addAll(Synthetic.catalogue().names());
    names.addAll(Text.catalogue().names());
    throw new BadInput(
        "unknown data set '%s'; %s, or the path of a CSV file"
            .formatted(data, Nearest.hint(data, names)));
  }

  private static Split divided(Path file, DataRequest request) {
    try (Source in = Source.open(file)) {
      Rows rows = Csv.read(in, request.labelColumn(), Memory.limit());
      Csv.expectSplittable(rows, file);
      return divided(rows, request);
    }
  }

  /** Holds a part back, then standardises both parts by what the training part measures. */
  private static Split divided(Rows rows, DataRequest request) {
    Seed seed = Seed.of(request.seed()).child("split");
    int[] held = Stratified.heldBack(rows, request.testFraction(), seed);
    Rows train = Rows.pick(rows, Stratified.others(rows.size(), held));
    Rows standardised = rows.standardisedBy(train);
    return new Split(
        Rows.pick(standardised, Stratified.others(rows.size(), held)),
        Rows.pick(standardised, held));
  }
}
