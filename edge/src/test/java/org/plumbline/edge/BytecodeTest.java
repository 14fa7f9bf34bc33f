package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reads the class files: no class of this module has a floating-point constant, type or
 * instruction, and none needs anything but Java 17.
 */
final class BytecodeTest {
  /** What must be found. */
  static final class WithFloats {
    private WithFloats() {}

    static int field(int x) {
      return (int) (x * 0.5);
    }

    static int conversion(int x) {
      return (int) (float) x;
    }

    static int array(int n) {
      return new double[n].length;
    }
  }

  @Test
  void no_floating_point_and_no_dependency() throws Exception {
    Path classes =
        Path.of(Network.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Map<Path, List<String>> found = new TreeMap<>();
    int read = 0;
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        List<String> problems = problems(Files.readAllBytes(file));
        read++;
        if (!problems.isEmpty()) {
          found.put(file, problems);
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(read).isGreaterThan(25);
  }

  @Test
  void floating_point_is_found() throws Exception {
    String name = "/" + WithFloats.class.getName().replace('.', '/') + ".class";
    try (InputStream in = BytecodeTest.class.getResourceAsStream(name)) {
      assertThat(problems(Objects.requireNonNull(in).readAllBytes()))
          .contains("a constant of tag 6") // the 0.5
          .contains("conversion: instruction 134") // i2f
          .contains("field: instruction 107") // dmul
          .contains("array: newarray 7");
    }
    String test = "/" + BytecodeTest.class.getName().replace('.', '/') + ".class";
    try (InputStream in = BytecodeTest.class.getResourceAsStream(test)) {
      assertThat(problems(Objects.requireNonNull(in).readAllBytes()))
          .contains("class org/assertj/core/api/Assertions");
    }
  }

  private static List<String> problems(byte[] file) {
    List<String> problems = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      in.readInt();
      in.readUnsignedShort();
      if (in.readUnsignedShort() > 61) {
        problems.add("needs more than Java 17");
      }
      int constants = in.readUnsignedShort();
      String[] texts = new String[constants];
      List<Integer> classes = new ArrayList<>();
      List<Integer> descriptors = new ArrayList<>();
      for (int i = 1; i < constants; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts[i] = in.readUTF();
          case 3 -> in.readInt();
          case 4 -> {
            in.readInt();
            problems.add("a constant of tag 4");
          }
          case 5 -> {
            in.readLong();
            i++;
          }
          case 6 -> {
            in.readLong();
            problems.add("a constant of tag 6");
            i++;
          }
          case 7 -> classes.add(in.readUnsignedShort());
          case 8, 19, 20 -> in.readUnsignedShort();
          case 16 -> descriptors.add(in.readUnsignedShort());
          case 12 -> {
            in.readUnsignedShort();
            descriptors.add(in.readUnsignedShort());
          }
          case 9, 10, 11, 17, 18 -> in.readInt();
          case 15 -> {
            in.readUnsignedByte();
            in.readUnsignedShort();
          }
          default -> throw new IllegalStateException("constant " + tag);
        }
      }
      in.readUnsignedShort();
      in.readUnsignedShort();
      in.readUnsignedShort();
      in.skipBytes(2 * in.readUnsignedShort());
      for (int kind = 0; kind < 2; kind++) { // fields, methods
        for (int n = in.readUnsignedShort(); n > 0; n--) {
          in.readUnsignedShort();
          String name = texts[in.readUnsignedShort()];
          descriptors.add(in.readUnsignedShort());
          for (int a = in.readUnsignedShort(); a > 0; a--) {
            String attribute = texts[in.readUnsignedShort()];
            byte[] bytes = in.readNBytes(in.readInt());
            if (attribute.equals("Code")) {
              code(name, bytes, problems);
            }
          }
        }
      }
      for (int place : classes) {
        String name = texts[place].replaceAll("^\\[+L?|;$", "");
        if (name.length() > 1
            && !name.matches("java/(lang|util|io|nio|math)/.*|org/plumbline/edge/.*")) {
          problems.add("class " + name);
        }
        if (name.matches("java/lang/(Float|Double|reflect/.*)|[FD]")) {
          problems.add("class " + name);
        }
      }
      for (int place : descriptors) {
        if (texts[place].replaceAll("L[^;]*;", "").matches(".*[FD].*")) {
          problems.add("type " + texts[place]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return problems;
  }

  private static void code(String method, byte[] attribute, List<String> problems)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(attribute));
    in.readInt();
    byte[] code = in.readNBytes(in.readInt());
    for (int at = 0; at < code.length; ) {
      int op = code[at] & 0xFF;
      if (isFloating(op == 196 ? code[at + 1] & 0xFF : op)) {
        problems.add(method + ": instruction " + op);
      }
      if (op == 188 && (code[at + 1] == 6 || code[at + 1] == 7)) {
        problems.add(method + ": newarray " + code[at + 1]);
      }
      at += length(code, at, op);
    }
  }

  private static boolean isFloating(int op) {
    return (op >= 11 && op <= 15)
        || op == 23
        || op == 24
        || (op >= 34 && op <= 41)
        || op == 48
        || op == 49
        || op == 56
        || op == 57
        || (op >= 67 && op <= 74)
        || op == 81
        || op == 82
        || (op >= 96 && op <= 119 && (op % 4 == 2 || op % 4 == 3))
        || op == 134
        || op == 135
        || op == 137
        || op == 138
        || (op >= 139 && op <= 144)
        || (op >= 149 && op <= 152)
        || op == 174
        || op == 175;
  }

  private static int length(byte[] code, int at, int op) {
    if (op == 170 || op == 171) { // the switches are padded to a multiple of 4
      int from = (at + 4) & ~3;
      int n =
          op == 171 ? word(code, from + 4) * 2 : word(code, from + 8) - word(code, from + 4) + 2;
      return from + 4 * (n + 2) - at;
    }
    if (op == 196) {
      return (code[at + 1] & 0xFF) == 132 ? 6 : 4;
    }
    if (op == 16
        || op == 18
        || (op >= 21 && op <= 25)
        || (op >= 54 && op <= 58)
        || op == 169
        || op == 188) {
      return 2;
    }
    if (op == 17
        || op == 19
        || op == 20
        || op == 132
        || (op >= 153 && op <= 168)
        || (op >= 178 && op <= 184)
        || op == 187
        || op == 189
        || op == 192
        || op == 193
        || op == 198
        || op == 199) {
      return 3;
    }
    return op == 197 ? 4 : op == 185 || op == 186 || op == 200 || op == 201 ? 5 : 1;
  }

  private static int word(byte[] code, int at) {
    return ((code[at] & 0xFF) << 24)
        | ((code[at + 1] & 0xFF) << 16)
        | ((code[at + 2] & 0xFF) << 8)
        | (code[at + 3] & 0xFF);
  }
}
