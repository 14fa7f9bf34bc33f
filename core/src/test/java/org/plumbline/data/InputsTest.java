package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

class InputsTest {
  private static final InputForm GREY =
      new InputForm(Shape.of(1, 2, 3), List.of(), Standardisation.none());
  private static final InputForm COLOUR =
      new InputForm(Shape.of(3, 2, 3), List.of(), Standardisation.none());
  private static final InputForm TABLE =
      new InputForm(
          Shape.of(2),
          List.of("a", "b"),
          new Standardisation(List.of(1.0, 2.0), List.of(2.0, 0.0)));
  @TempDir Path dir;

  private Path image(int type, String format) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, type);
    for (int i = 0; i < 6; i++) {
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        image.getRaster().setSample(i % 3, i / 3, 0, 40 * i);
      } else {
        image.setRGB(i % 3, i / 3, 0xFF000000 | i * 0x28140A);
      }
    }
    Path file = dir.resolve("image." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private void refused(Path file, InputForm form, String message) {
    assertThatThrownBy(() -> Inputs.read(file, form))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif"})
  void readsGreyPixelsAsTheyAreStored(String format) throws IOException {
    Path file = image(BufferedImage.TYPE_BYTE_GRAY, format);
    if (format.equals("bmp") || format.equals("gif")) { // these keep grey as a palette of colours
      assertThat(Inputs.read(file, GREY).getFirst()).hasSize(6);
      return;
    }
    float[] row = Inputs.read(file, GREY).getFirst();
    for (int i = 0; i < 6; i++) {
      assertThat(row[i]).isEqualTo(40 * i / 255f);
    }
    refused(
        file,
        COLOUR,
        "image.png, header: expected 3 channels, as the network takes, found 1 (grey)");
  }

  @Test
  void readsColourByPlanesOrAsLuminance() throws IOException {
    for (String format : List.of("png", "bmp")) {
      Path file = image(BufferedImage.TYPE_INT_RGB, format);
      float[] row = Inputs.read(file, COLOUR).getFirst();
      float[] grey = Inputs.read(file, GREY).getFirst();
      for (int i = 0; i < 6; i++) {
        assertThat(row[i]).isEqualTo(40 * i / 255f);
        assertThat(row[6 + i]).isEqualTo(20 * i / 255f);
        assertThat(row[12 + i]).isEqualTo(10 * i / 255f);
        double luminance = (0.299 * 40 + 0.587 * 20 + 0.114 * 10) * i / 255;
        assertThat((double) grey[i]).isBetween(luminance - 1e-6, luminance + 1e-6);
      }
    }
    assertThat(Inputs.read(image(BufferedImage.TYPE_INT_RGB, "jpg"), COLOUR).getFirst())
        .hasSize(18);
  }

  @Test
  void refusesImagesThatDoNotFit() throws IOException {
    Path file = image(BufferedImage.TYPE_INT_RGB, "png");
    refused(
        file,
        new InputForm(Shape.of(1, 28, 28), List.of(), Standardisation.none()),
        "expected 28 × 28 pixels (width × height), as the network takes, found 3 × 2");
    refused(file, TABLE, "the network takes inputs of shape [2]");
    BufferedImage clear = new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB);
    ImageIO.write(clear, "png", file.toFile());
    refused(file, COLOUR, "without transparency");
    Files.writeString(file, "no image at all");
    refused(file, COLOUR, "expected a PNG, JPEG, GIF or BMP image");
    refused(dir.resolve("absent.png"), COLOUR, "does not exist");
    refused(Files.writeString(dir.resolve("a.xyz"), "1"), COLOUR, "the name of an input ends in");
  }

  @Test
  void decodesNothingOfAnUnexpectedSize() throws IOException {
    byte[] png = Files.readAllBytes(image(BufferedImage.TYPE_INT_RGB, "png"));
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    header.putInt(29, (int) sum.getValue());
    Path file = Files.write(dir.resolve("huge.png"), png);
    refused(file, COLOUR, "found 60000 × 60000");
  }

  @Test
  void damagedImagesGiveTheOneException() throws IOException {
    for (String format : List.of("png", "jpg", "gif", "bmp")) {
      byte[] valid = Files.readAllBytes(image(BufferedImage.TYPE_INT_RGB, format));
      Path name = Path.of("f." + format);
      for (int i = 0; i < 400; i++) {
        byte[] damaged = valid.clone();
        Seed seed = Seed.of(i);
        for (int k = 0; k < 3; k++) {
          damaged[(int) (seed.uniform(2L * k) * valid.length)] = (byte) seed.bits(2L * k + 1);
        }
        if (i % 4 == 0) {
          damaged = Arrays.copyOf(damaged, (int) (seed.uniform(9) * valid.length));
        }
        try {
          assertThat(Images.read(name, damaged, COLOUR.shape())).hasSize(18);
        } catch (BadInput refused) {
          assertThat(refused).hasMessageStartingWith("f." + format);
        }
      }
    }
  }

  @Test
  void readsTablesStandardisedLikeTheTrainingRows() throws IOException {
    Path file = Files.writeString(dir.resolve("t.csv"), "a,b\n3,9\n5,1\n");
    List<float[]> rows = Inputs.read(file, TABLE);
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0)).containsExactly(1, 0);
    assertThat(rows.get(1)).containsExactly(2, 0);
    Files.writeString(file, "3;9\n");
    assertThat(Inputs.read(file, TABLE).getFirst()).containsExactly(1, 0);
    Files.write(file, SourceTest.gzip("3\t9".getBytes(StandardCharsets.UTF_8)));
    assertThat(Inputs.read(file, TABLE).getFirst()).containsExactly(1, 0);
    Files.writeString(file, "b,a\n3,9\n");
    refused(file, TABLE, "header, column 0: expected 'a', as the network was trained, found 'b'");
    Files.writeString(file, "3,9,cat\n");
    refused(file, TABLE, "expected 2 columns, one per input of the network and no label, found 3");
    Files.writeString(file, "a,b\n3,\n");
    refused(file, TABLE, "line 2, column 1 ('b'): expected a number in every cell");
    Files.writeString(file, "0,0.5,1,0,0,0\n");
    assertThat(Inputs.read(file, GREY).getFirst()).containsExactly(0, 0.5f, 1, 0, 0, 0);
    Files.writeString(file, "0,0.5,1,0,0,16\n");
    refused(file, GREY, "row 0, column 5: expected a pixel of 0 to 1, found 16.0");
  }

  @Test
  void aRowOfTheTrainingFileGivesTheTrainingInput() throws IOException {
    Path file =
        Files.writeString(dir.resolve("t.csv"), "a,b,k\n1,5,x\n2,6,x\n3,9,y\n4,9,y\n7,7,y\n");
    Dataset train =
        Datasets.open(new DataRequest(file.toString(), Optional.empty(), Optional.empty(), 0.2, 0))
            .train();
    float[] original = new float[2];
    train.copyOriginal(1, original, 0);
    Path one = Files.writeString(dir.resolve("one.csv"), original[0] + "," + original[1]);
    assertThat(Inputs.read(one, InputForm.of(train)).getFirst())
        .isEqualTo(DatasetContract.input(train, 1));
  }

  @Test
  void readsOneOrManyFromIdx() throws IOException {
    byte[] pixels = {0, -1, 51, 0, 0, 0, 1, 2, 3, 4, 5, 6};
    Path file = dir.resolve("some-idx3-ubyte");
    Files.write(file, Idx.of(pixels, 2, 2, 3).write());
    assertThat(Inputs.read(file, GREY)).hasSize(2);
    assertThat(Inputs.read(file, GREY).getFirst()).containsExactly(0, 1, 0.2f, 0, 0, 0);
    Files.write(file, SourceTest.gzip(Idx.of(Arrays.copyOf(pixels, 6), 2, 3).write()));
    assertThat(Inputs.read(file, GREY)).hasSize(1);
    Files.write(file, Idx.of(new byte[18], 3, 2, 3).write());
    assertThat(Inputs.read(file, COLOUR)).hasSize(1);
    Files.write(file, Idx.of(pixels, 12).write());
    refused(file, GREY, "header: expected inputs of shape [1, 2, 3], one or many, found [12]");
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    none.write(Idx.of(pixels, 12).write(), 0, 9);
    Files.write(file, none.toByteArray());
    refused(file, GREY, "expected 20 bytes in all");
  }
}
