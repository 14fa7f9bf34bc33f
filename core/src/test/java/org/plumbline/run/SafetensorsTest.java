package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

class SafetensorsTest {
  static final Path FILE = Path.of("/x/a.safetensors");

  /** By hand: length 56, a header of 54 bytes and two spaces, 1.0 and −2.0. */
  private static final String BY_HAND =
      "3800000000000000"
          + "7b2261223a7b226474797065223a22463332222c227368617065223a5b325d2c"
          + "22646174615f6f666673657473223a5b302c385d7d7d2020"
          + "0000803f"
          + "000000c0";

  @TempDir Path directory;

  static byte[] bytes(Map<String, Entry> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Safetensors.content(tensors, metadata, NonFinite.ALLOW)
        .writeTo(buffer -> {
          byte[] part = new byte[buffer.remaining()];
          buffer.get(part);
          bytes.writeBytes(part);
        });
    return bytes.toByteArray();
  }

  static SafetensorsFile open(byte[] bytes) {
    return open(bytes, new Safetensors.Limits());
  }

  static SafetensorsFile open(byte[] bytes, Safetensors.Limits limits) {
    MemoryStorage memory = new MemoryStorage();
    memory.put(FILE, bytes);
    return Safetensors.open(memory, FILE, limits);
  }

  static byte[] file(byte[] header, int data) {
    return ByteBuffer.allocate(8 + header.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] file(String header, int data) {
    return file(header.getBytes(StandardCharsets.UTF_8), data);
  }

  @Test
  void readsAndWritesAFileMadeByHand() {
    byte[] hand = HexFormat.of().parseHex(BY_HAND);
    try (SafetensorsFile file = open(hand)) {
      assertThat(file.names()).containsExactly("a");
      assertThat(file.metadata()).isEmpty();
      assertThat(file.dtype("a")).isEqualTo(DType.F32);
      assertThat(file.shape("a")).isEqualTo(Shape.of(2));
      assertThat(file.entry("a").data().toArray(Entry.INT))
          .containsExactly(Float.floatToIntBits(1), Float.floatToIntBits(-2));
    }
    assertThat(bytes(Map.of("a", Entry.float32(Shape.of(2), 1, -2)), Map.of())).isEqualTo(hand);
  }

  /** Written by the safetensors package 0.8.0 for Python. */
  @Test
  void readsWhatTheReferenceWrote() throws IOException {
    byte[] reference;
    try (var stream = SafetensorsTest.class.getResourceAsStream("reference.safetensors")) {
      reference = Objects.requireNonNull(stream).readAllBytes();
    }
    try (SafetensorsFile file = open(reference)) {
      assertThat(file.metadata()).isEqualTo(Map.of("by", "safetensors"));
      assertThat(file.names()).containsExactly("s", "d", "e", "w", "h", "u", "b");
      assertThat(file.entry("s").data().toArray(Entry.LONG)).containsExactly(7);
      assertThat(file.shape("s")).isEqualTo(Shape.of());
      assertThat(file.shape("e")).isEqualTo(Shape.of(0, 3));
      assertThat(Double.longBitsToDouble(file.entry("d").data().get(Entry.LONG, 0))).isEqualTo(0.1);
      assertThat(file.entry("w").data().mismatch(Entry.float32(Shape.of(4), 1.5f, -2, 3, 4).data()))
          .isEqualTo(-1);
      assertThat(file.entry("h").data().toArray(Entry.SHORT))
          .containsExactly(
              Float.floatToFloat16(1), Float.floatToFloat16(2), Float.floatToFloat16(3));
      assertThat(file.entry("u").data().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 255);
      assertThat(file.entry("b").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void roundTripsOfEveryShape(DType dtype) {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    List<Shape> shapes =
        List.of(
            Shape.of(),
            Shape.of(3),
            Shape.of(2, 3),
            Shape.of(1, 2, 3),
            Shape.of(2, 1, 2, 3),
            Shape.of(2, 1, 2, 1, 3),
            Shape.of(0),
            Shape.of(2, 0, 3));
    for (Shape shape : shapes) {
      byte[] data = new byte[(int) shape.size() * dtype.bytes()];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) (i % 50);
      }
      tensors.put("t " + shape, new Entry(dtype, shape, MemorySegment.ofArray(data)));
    }
    byte[] bytes = bytes(tensors, Map.of("k", "v"));
    try (SafetensorsFile file = open(bytes)) {
      Map<String, Entry> found = file.entries(NonFinite.REFUSE);
      assertThat(found.keySet()).isEqualTo(tensors.keySet());
      found.forEach((name, entry) -> {
        Entry expected = Objects.requireNonNull(tensors.get(name));
        assertThat(entry.shape()).isEqualTo(expected.shape());
        assertThat(entry.dtype()).isEqualTo(dtype);
        assertThat(entry.data().mismatch(expected.data())).isEqualTo(-1);
      });
      assertThat(bytes(found, file.metadata())).isEqualTo(bytes);
    }
  }

  @Test
  void sameContentSameBytesWhateverTheOrder() {
    Entry small = new Entry(DType.U8, Shape.of(1), MemorySegment.ofArray(new byte[1]));
    Entry large = Entry.int64(Shape.of(), 1);
    Map<String, Entry> one = new LinkedHashMap<>();
    Map<String, Entry> two = new LinkedHashMap<>();
    List<String> names = List.of("b", "a", "é", "c");
    names.forEach(name -> one.put(name, name.equals("c") ? large : small));
    names.reversed().forEach(name -> two.put(name, name.equals("c") ? large : small));
    byte[] bytes = bytes(one, Map.of("x", "1", "y", "2"));
    assertThat(bytes).isEqualTo(bytes(two, Map.of("y", "2", "x", "1")));
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    try (SafetensorsFile file = open(bytes)) {
      assertThat(file.names()).containsExactly("c", "a", "b", "é");
    }
  }

  @Test
  void anEmptyFileIsAFile() {
    try (SafetensorsFile file = open(bytes(Map.of(), Map.of()))) {
      assertThat(file.names()).isEmpty();
    }
  }

  static final String GOOD = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  private static Arguments bad(String header, int data, String message) {
    return Arguments.of(file(header, data), message);
  }

  private static byte[] front(long length) {
    return ByteBuffer.allocate(8 + 20).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  private static String one(String dtype, String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(dtype, shape, offsets);
  }

  private static String two(String first, String second) {
    return "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":%s},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":%s}}"
        .formatted(first, second);
  }

  static Stream<Arguments> malformed() {
    String entry = GOOD.substring(5, GOOD.length() - 1);
    byte[] latin = GOOD.replace("\"a\"", "\"é\"").getBytes(StandardCharsets.ISO_8859_1);
    byte[] utf16 = GOOD.getBytes(StandardCharsets.UTF_16LE);
    List<Arguments> all = new ArrayList<>();
    // 1: length
    all.add(Arguments.of(new byte[0], "expected at least 8 bytes, found 0 bytes"));
    all.add(Arguments.of(new byte[7], "expected at least 8 bytes, found 7 bytes"));
    all.add(Arguments.of(front(21), "a header length of at most 20, found 21"));
    all.add(Arguments.of(front(100_000_001), "found 100000001 in a file of 28 bytes"));
    all.add(Arguments.of(front(-1), "found 18446744073709551615"));
    all.add(Arguments.of(front(0), "byte 8: expected '{', found none"));
    // 2: text
    all.add(bad(" " + GOOD, 8, "byte 8: expected '{'"));
    all.add(bad("\uFEFF" + GOOD, 8, "byte 8: expected '{'"));
    all.add(bad("[]", 0, "byte 8: expected '{'"));
    all.add(Arguments.of(file(latin, 8), "expected UTF-8"));
    all.add(Arguments.of(file(utf16, 8), "only spaces after '}'"));
    all.add(bad(GOOD + "\n", 8, "only spaces after '}'"));
    all.add(bad(GOOD + "\0", 8, "only spaces after '}'"));
    all.add(bad(GOOD + "{}", 8, "only spaces after the object"));
    all.add(bad(GOOD + "}", 8, "expected JSON"));
    all.add(bad("{\"a\":[[[[[1]]]]]}", 8, "START_OBJECT"));
    all.add(bad(GOOD.substring(0, GOOD.length() - 1), 8, "expected JSON"));
    all.add(bad(one("F32", "[[[[2]]]]", "[0,8]"), 8, "whole numbers"));
    all.add(bad("{\"a\":{\"x\":[[[[[2]]]]]}}", 8, "dtype, shape and data_offsets only"));
    all.add(bad("{\"a\" {}}", 0, "expected JSON"));
    all.add(bad("{\"a\":{},}", 0, "dtype, shape and data_offsets, found not all"));
    all.add(bad("{\"\\ud800\":" + entry + "}", 8, "surrogate"));
    // 3: duplicates
    all.add(bad("{\"a\":" + entry + ",\"a\":" + entry + "}", 8, "Duplicate"));
    all.add(bad("{\"a\":" + entry + ",\"\\u0061\":" + entry + "}", 8, "Duplicate"));
    all.add(bad(GOOD.replace("\"shape\"", "\"dtype\":\"F32\",\"shape\""), 8, "Duplicate"));
    all.add(bad("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "Duplicate"));
    all.add(bad("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "Duplicate"));
    // 4: metadata and fields
    all.add(bad("{\"__metadata__\":{\"k\":1}}", 0, "'k': expected VALUE_STRING"));
    all.add(bad("{\"__metadata__\":{\"k\":{}}}", 0, "'k': expected VALUE_STRING"));
    all.add(bad("{\"__metadata__\":{\"k\":null}}", 0, "'k': expected VALUE_STRING"));
    all.add(bad("{\"__metadata__\":[]}", 0, "expected START_OBJECT"));
    all.add(bad("{\"__metadata__\":{\"k\":\"\\udc00\"}}", 0, "Unicode text"));
    all.add(bad(GOOD.replace("\"shape\"", "\"x\":1,\"shape\""), 8, "found 'x'"));
    all.add(bad(GOOD.replace("\"shape\":[2],", ""), 8, "found not all of them"));
    all.add(bad("{\"a\":7}", 8, "tensor 'a': expected START_OBJECT"));
    // 5: dtype and shape
    all.add(bad(one("F31", "[2]", "[0,8]"), 8, "found 'F31'"));
    all.add(bad(one("f32", "[2]", "[0,8]"), 8, "found 'f32'"));
    all.add(bad(GOOD.replace("\"F32\"", "4"), 8, "expected VALUE_STRING"));
    all.add(bad(one("F32", "[-2]", "[0,8]"), 8, "shape: expected whole numbers of at least 0"));
    all.add(bad(one("F32", "[2.0]", "[0,8]"), 8, "found 2.0"));
    all.add(bad(one("F32", "[\"2\"]", "[0,8]"), 8, "whole numbers of at least 0"));
    all.add(bad(one("F32", "[null]", "[0,8]"), 8, "whole numbers of at least 0"));
    all.add(bad(one("F32", "{}", "[0,8]"), 8, "expected START_ARRAY"));
    all.add(bad(one("F32", "[9223372036854775808]", "[0,8]"), 8, "out of range"));
    all.add(bad(one("F32", "[4294967296,4294967296]", "[0,8]"), 8, "below 2^63"));
    all.add(bad(one("F32", "[4611686018427387904]", "[0,0]"), 0, "below 2^63"));
    // 6: offsets
    all.add(bad(one("F32", "[2]", "[8,0]"), 8, "data_offsets [begin, end]"));
    all.add(bad(one("F32", "[2]", "[0]"), 8, "data_offsets [begin, end]"));
    all.add(bad(one("F32", "[2]", "[0,8,8]"), 8, "data_offsets [begin, end]"));
    all.add(bad(one("F32", "[2]", "[-8,0]"), 8, "whole numbers of at least 0"));
    all.add(bad(one("F32", "[2]", "[0,7]"), 7, "8 bytes of data for F32 [2], found 7 bytes"));
    all.add(bad(one("F32", "[2]", "[1,9]"), 9, "data from 0, where those before end"));
    all.add(bad(two("[0,4]", "[5,9]"), 9, "tensor 'b': expected data from 4"));
    all.add(bad(two("[0,4]", "[3,7]"), 7, "tensor 'b': expected data from 4"));
    all.add(bad(two("[0,4]", "[0,4]"), 4, "tensor 'b': expected data from 4"));
    all.add(bad(one("F32", "[0]", "[4,4]"), 4, "data from 0"));
    all.add(bad(GOOD, 9, "end: expected 8 bytes of data, found 9 bytes"));
    all.add(bad(GOOD, 7, "end: expected 8 bytes of data, found 7 bytes"));
    all.add(bad("{}", 1, "end: expected 0 bytes of data, found 1 bytes"));
    // 7: limits
    String name = "n".repeat(1025);
    all.add(bad("{\"" + name + "\":" + entry + "}", 8, "at most 1024 characters, found 1025"));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refuses(byte[] bytes, String message) {
    assertThatThrownBy(() -> open(bytes).close())
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(FILE.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
  }

  @Test
  void limitsCanBeSet() {
    byte[] bytes = file(two("[0,4]", "[4,8]"), 8);
    open(bytes).close();
    assertThatThrownBy(() -> open(bytes, new Safetensors.Limits(1000, 1, 10)).close())
        .hasMessageContaining("at most 1 tensors");
    assertThatThrownBy(() -> open(bytes, new Safetensors.Limits(1000, 2, 0)).close())
        .hasMessageContaining("at most 0 characters");
    assertThatThrownBy(() -> open(bytes, new Safetensors.Limits(50, 2, 10)).close())
        .hasMessageContaining("a header length of at most 50");
  }

  @Test
  void tensorsOfNoSizeStandAnywhere() {
    String header =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]},"
            + two("[0,4]", "[4,8]").replace("\"b\"", "\"c\"").substring(1);
    try (SafetensorsFile file = open(file(header, 8))) {
      assertThat(file.names()).containsExactly("a", "b", "c");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16", "C64", "F8_E5M2", "F8_E4M3", "F8_E8M0"})
  void namesTheFirstNumberThatIsNotFinite(DType dtype) {
    byte[] data = new byte[4 * dtype.bytes()];
    int at = 2 * dtype.bytes();
    for (int i = dtype.bytes() - dtype.part; i < dtype.bytes(); i++) {
      data[at + i] = (byte) 0xFF; // the last number of the third: NaN in every type
    }
    byte[] bytes =
        bytes(Map.of("w", new Entry(dtype, Shape.of(4), MemorySegment.ofArray(data))), Map.of());
    try (SafetensorsFile file = open(bytes)) {
      assertThatThrownBy(() -> file.entry("w"))
          .isInstanceOf(BadInput.class)
          .hasMessage(
              "%s: tensor 'w' (%s [4]) must hold finite numbers, but number 2 (counted from 0) is NaN or infinite",
              FILE, dtype);
      assertThat(file.entry("w", NonFinite.ALLOW).shape()).isEqualTo(Shape.of(4));
    }
  }

  @Test
  void infinityIsNotFiniteAndTheLargestNumberIs() {
    Entry large = Entry.float32(Shape.of(2), Float.MAX_VALUE, -Float.MAX_VALUE);
    assertThat(large.firstNonFinite()).isEmpty();
    assertThat(Entry.float32(Shape.of(2), 0, Float.NEGATIVE_INFINITY).firstNonFinite()).hasValue(1);
    assertThat(Entry.int64(Shape.of(1), -1).firstNonFinite()).isEmpty();
  }

  @Test
  void aFileCutWhileItIsOpenIsRefused() throws IOException {
    Path path = directory.resolve("a.safetensors");
    Safetensors.write(path, Map.of("a", Entry.float32(Shape.of(1000), new float[1000])), Map.of());
    try (SafetensorsFile file = Safetensors.open(path)) {
      assertThat(file.entry("a").data().byteSize()).isEqualTo(4000);
      try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
        cut.setLength(500);
      }
      assertThatThrownBy(() -> file.entry("a"))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("the file was cut while it was read");
    }
  }

  /** Sparse, so that it costs no disk; the tensor beyond 2 GB is read, the one below is not. */
  @Test
  void readsBeyondTwoGigabytes() throws IOException {
    long most = 3L << 30;
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[%d,%d]}}"
            .formatted(most, most, most, most + 3);
    Path path = directory.resolve("large.safetensors");
    Files.write(path, file(header, 0));
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(8 + header.length() + most);
      file.write(new byte[] {7, 8, 9});
    }
    try (SafetensorsFile file = Safetensors.open(path)) {
      assertThat(file.entry("b").data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(7, 8, 9);
    }
  }

  @Test
  void aTensorLivesOnWhenItsFileIsClosed() throws IOException {
    Path path = directory.resolve("a.safetensors");
    Safetensors.write(path, Map.of("a", Entry.int64(Shape.of(), 5)), Map.of());
    Entry entry;
    try (SafetensorsFile file = Safetensors.open(path)) {
      entry = file.entry("a");
      assertThatThrownBy(() -> file.entry("z"))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("a tensor 'z'");
    }
    Files.delete(path);
    assertThat(entry.data().get(Entry.LONG, 0)).isEqualTo(5);
  }

  @Test
  void writesNoNameItWouldNotRead() {
    Entry entry = Entry.int64(Shape.of(), 5);
    for (String name : List.of("__metadata__", "n".repeat(1025), "\ud800")) {
      assertThatThrownBy(() -> bytes(Map.of(name, entry), Map.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Entry(DType.F32, Shape.of(2), MemorySegment.ofArray(new byte[7])))
        .hasMessage("data of F32 [2] must be 8 bytes, but are 7");
  }
}
