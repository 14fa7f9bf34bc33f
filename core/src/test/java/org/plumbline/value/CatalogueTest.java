package org.plumbline.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CatalogueTest {
  public enum Law {
    UNIFORM,
    VERY_NORMAL
  }

  @About("a thing")
  public record Thing(@Key("lr") double learningRate, Law feedbackLaw, int count) {
    public Thing() {
      this(1e-4, Law.UNIFORM, 3);
    }

    public Thing {
      Check.positive("lr", learningRate);
    }
  }

  private final Catalogue<Record> things =
      new Catalogue<Record>("thing").with("thing", Thing.class);

  @Test
  void printsAsItParses() {
    Thing thing = new Thing(2.5e-3, Law.VERY_NORMAL, 3);
    assertThat(things.print(thing)).isEqualTo("thing:lr=0.0025,feedback-law=very-normal");
    assertThat(things.parse(things.print(thing))).isEqualTo(thing);
    assertThat(things.print(new Thing())).isEqualTo("thing");
    assertThat(things.parse("thing: lr=1e-5")).isEqualTo(new Thing(1e-5, Law.UNIFORM, 3));
    assertThat(things.print(new Thing(1e-5, Law.UNIFORM, 3))).isEqualTo("thing:lr=1e-5");
  }

  @Test
  void refusesWithTheNearestName() {
    assertThatThrownBy(() -> things.parse("thigh"))
        .isInstanceOf(BadInput.class)
        .hasMessage("unknown thing 'thigh'; did you mean 'thing'? known: thing");
    assertThatThrownBy(() -> things.parse("thing:l=1"))
        .hasMessage(
            "unknown parameter 'l' of thing 'thing'; did you mean 'lr'? known: lr, feedback-law, count");
    assertThatThrownBy(() -> things.parse("thing:lr=x"))
        .hasMessage("thing 'thing': lr must be a number, but is 'x'");
    assertThatThrownBy(() -> things.parse("thing:count=1.5"))
        .hasMessage("thing 'thing': count must be a whole number, but is '1.5'");
    assertThatThrownBy(() -> things.parse("thing:feedback-law=unifrom"))
        .hasMessageContaining("did you mean 'uniform'?");
    assertThatThrownBy(() -> things.parse("thing:lr=-1"))
        .hasMessage("lr must be above 0, but is -1");
    assertThatThrownBy(() -> things.parse("thing:lr=NaN"))
        .hasMessage("lr must be above 0, but is NaN");
    assertThatThrownBy(() -> things.parse("thing:lr")).hasMessageContaining("key=value");
  }

  public record MyDFAThing() {}

  @Key("mine")
  public record Named() {}

  @Test
  void aValueMayNameItself() {
    Catalogue<Record> more = things.copied().with(MyDFAThing.class).with(Named.class);
    assertThat(more.names()).containsExactly("thing", "my-dfa-thing", "mine");
    assertThat(things.names()).containsExactly("thing");
    assertThatThrownBy(() -> more.with("mine", MyDFAThing.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'mine', which is taken by " + Named.class.getName());
  }

  @Test
  void splitsListsWhoseParametersHaveCommasToo() {
    assertThat(things.split("bp,dfa:gain=2,law=normal,fa"))
        .containsExactly("bp", "dfa:gain=2,law=normal", "fa");
    assertThat(things.split(" a , b:x=1 , y=2 ")).containsExactly("a", "b:x=1,y=2");
    assertThat(things.split("a:x=1,b:x=2,c")).containsExactly("a:x=1", "b:x=2", "c");
    assertThat(things.split("a:x=1,y=u:v")).containsExactly("a:x=1,y=u:v");
    assertThatThrownBy(() -> things.split("a,,b"))
        .isInstanceOf(BadInput.class)
        .hasMessage("list of things 'a,,b': a name is missing between or beside its commas");
    assertThatThrownBy(() -> things.split("")).hasMessageContaining("a name is missing");
    assertThatThrownBy(() -> things.split("a,x=1"))
        .hasMessage(
            "list of things 'a,x=1': parameter 'x=1' must stand behind a name and a colon, a:x=1");
    assertThatThrownBy(() -> things.split("x=1,a")).hasMessageContaining("thing:x=1");
  }
}
