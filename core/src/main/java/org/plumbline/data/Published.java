package org.plumbline.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/**
 * A data set whose files somebody else publishes; it comes with a test set.
 *
 * @param title its name
 * @param folder the folder of its files
 * @param format of its files
 * @param what its contents in a few words
 * @param licence of the data
 * @param classes names, in the order of their numbers
 * @param testLabels SHA-256 of the unpacked test labels, by which sets are told apart whose files
 *     have the same names
 * @param files as they are published
 */
record Published(
    String title,
    String folder,
    Format format,
    String what,
    String licence,
    List<String> classes,
    String testLabels,
    List<Remote> files) {
  private static final Published MNIST =
      new Published(
          "mnist",
          "mnist",
          Format.IDX,
          "60,000 + 10,000 handwritten digits, grey 28 × 28, 10 classes",
          "CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges)",
          Digits.CLASSES,
          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
          idx(
              "https://ossci-datasets.s3.amazonaws.com/mnist/",
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
              9_912_422,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
              28_881,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
              1_648_877,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
              4_542));
  private static final Published FASHION_MNIST =
      new Published(
          "fashion-mnist",
          "fashion-mnist",
          Format.IDX,
          "60,000 + 10,000 pieces of clothing, grey 28 × 28, 10 classes",
          "MIT (Zalando SE)",
          List.of(
              "T-shirt/top",
              "trouser",
              "pullover",
              "dress",
              "coat",
              "sandal",
              "shirt",
              "sneaker",
              "bag",
              "ankle boot"),
          "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
          idx(
              "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
              26_421_880,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
              29_515,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
              4_422_102,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
              5_148));
  private static final Published CIFAR10 =
      new Published(
          "cifar10",
          "cifar-10-batches-bin",
          Format.CIFAR,
          "50,000 + 10,000 photographs, colour 32 × 32, 10 classes",
          "none stated, free for research with citation (A. Krizhevsky 2009)",
          List.of(
              "airplane",
              "automobile",
              "bird",
              "cat",
              "deer",
              "dog",
              "frog",
              "horse",
              "ship",
              "truck"),
          "",
          cifar(
              "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
              "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
              "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
              "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
              "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
              "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"));

  /** What CIFAR-10 is published as; its members are pinned one by one. */
  static final Remote CIFAR10_ARCHIVE =
      new Remote(
          "cifar-10-binary.tar.gz",
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          170_052_171,
          URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"));

  private static final int SIDE = 28;

  /** The sets there are. */
  static final List<Published> ALL = List.of(MNIST, FASHION_MNIST, CIFAR10);

  /** How the rows lie in the files. */
  enum Format {
    /** Training images and labels, test images and labels. */
    IDX,
    /** Batches to train with, one to test with. */
    CIFAR
  }

  static Optional<Published> named(String name) {
    return ALL.stream().filter(set -> set.title.equals(name)).findFirst();
  }

  private static List<Remote> idx(
      String from,
      String a,
      long aBytes,
      String b,
      long bBytes,
      String c,
      long cBytes,
      String d,
      long dBytes) {
    return List.of(
        remote(from, "train-images-idx3-ubyte.gz", a, aBytes),
        remote(from, "train-labels-idx1-ubyte.gz", b, bBytes),
        remote(from, "t10k-images-idx3-ubyte.gz", c, cBytes),
        remote(from, "t10k-labels-idx1-ubyte.gz", d, dBytes));
  }

  private static List<Remote> cifar(String... hashes) {
    List<Remote> files = new ArrayList<>();
    for (int i = 0; i < hashes.length; i++) {
      String name = i < hashes.length - 1 ? "data_batch_" + (i + 1) + ".bin" : "test_batch.bin";
      files.add(
          remote("https://www.cs.toronto.edu/~kriz/", name, hashes[i], 10_000L * Cifar.RECORD));
    }
    return files;
  }

  private static Remote remote(String from, String file, String sha256, long bytes) {
    return new Remote(file, sha256, bytes, URI.create(from + file));
  }

  /** The folder that holds all files. */
  Optional<Path> find(Places places) {
    return places.of(folder).stream().filter(place -> missing(place).isEmpty()).findFirst();
  }

  /** The folder that holds all files, or a refusal that says which files belong where. */
  Path expect(Places places) {
    return find(places).orElseThrow(() -> absent(places));
  }

  private BadInput absent(Places places) {
    List<Path> tried = places.of(folder);
    for (Path place : tried) {
      List<String> missing = missing(place);
      if (missing.size() < files.size()) {
        return new BadInput(
            "%s: %s lacks %s; add it or run 'plumbline datasets fetch %s'"
                .formatted(title, place, String.join(", ", missing), title));
      }
    }
    return new BadInput(
        "%s is not here: put %s into %s or run 'plumbline datasets fetch %s' (looked in %s)"
            .formatted(
                title,
                String.join(", ", missing(tried.getFirst())),
                tried.getFirst(),
                title,
                String.join(", ", tried.stream().map(Path::toString).toList())));
  }

  private List<String> missing(Path place) {
    return files.stream()
        .map(Remote::file)
        .filter(file -> !Files.exists(locate(place, file)))
        .toList();
  }

  /** A file as published or, if that is absent, unpacked. */
  private static Path locate(Path place, String file) {
    Path packed = place.resolve(file);
    return file.endsWith(".gz") && !Files.exists(packed)
        ? place.resolve(file.substring(0, file.length() - 3))
        : packed;
  }

  Split read(Path place) {
    List<Path> paths = files.stream().map(file -> locate(place, file.file())).toList();
    if (format == Format.CIFAR) {
      int last = paths.size() - 1;
      return new Split(
          Cifar.read(title, classes, paths.subList(0, last)),
          Cifar.read(title, classes, paths.subList(last, last + 1)));
    }
    Idx testLabelsRead = idx(paths.get(3));
    expectThisSet(paths.get(3), testLabelsRead);
    return new Split(
        rows(paths.get(0), idx(paths.get(0)), paths.get(1), idx(paths.get(1))),
        rows(paths.get(2), idx(paths.get(2)), paths.get(3), testLabelsRead));
  }

  private static Idx idx(Path file) {
    try (Source in = Source.open(file)) {
      return Idx.read(in);
    }
  }

  /** Sets whose files have the same names are told apart by their labels. */
  private void expectThisSet(Path file, Idx labels) {
    String hash = HexFormat.of().formatHex(Hashes.sha256().digest(labels.write()));
    for (Published other : ALL) {
      if (!other.equals(this) && other.testLabels.equals(hash)) {
        throw new BadInput(
            "%s belongs to %s, not to %s; put the files of %s into a folder %s"
                .formatted(file, other.title, title, title, folder));
      }
    }
  }

  /** Images and labels that fit each other. */
  Rows rows(Path imageFile, Idx images, Path labelFile, Idx labels) {
    if (images.rank() != 3 || images.axis(1) != SIDE || images.axis(2) != SIDE) {
      throw BadInput.inFile(imageFile, "header", "images [n, 28, 28]", images.print());
    }
    if (labels.rank() != 1 || labels.axis(0) != images.axis(0)) {
      throw BadInput.inFile(
          labelFile,
          "header",
          "[" + images.axis(0) + "], one label for each image of " + imageFile.getFileName(),
          labels.print());
    }
    byte[] bytes = labels.bytes();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] < 0 || bytes[i] >= classes.size()) {
        throw BadInput.inFile(
            labelFile,
            "byte " + (8 + i) + " (label " + i + ")",
            "a label of 0 to " + (classes.size() - 1),
            String.valueOf(bytes[i] & 0xFF));
      }
    }
    return Rows.of(
        title,
        Shape.of(1, SIDE, SIDE),
        classes,
        List.of(),
        new ByteStore(images.bytes(), bytes, SIDE * SIDE, 255));
  }
}
