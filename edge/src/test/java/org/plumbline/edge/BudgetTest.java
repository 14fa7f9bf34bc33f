package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The budget is what the arrays really take. */
final class BudgetTest {
  private static final Plan PLAN =
      new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(784, 100, 50, 10), 1);

  @Test
  void it_is_the_sum_of_all_arrays() throws Exception {
    for (int batch : new int[] {1, 20, 50}) {
      for (int threads : new int[] {1, 3}) {
        try (Crew crew = Crew.of(threads)) {
          Learner learner = new Learner(new Network(PLAN), batch, Mode.FAST, crew);
          assertThat(bytes(learner)).isEqualTo(Budget.training(PLAN, batch, 0, threads).total());
          assertThat(bytes(new Stream(learner, 70, batch, 1, 1)))
              .isEqualTo(Budget.training(PLAN, batch, 70, threads).total());
        }
      }
    }
    assertThat(bytes(new Predictor(new Network(PLAN), Mode.FAST, Crew.of(1))))
        .isEqualTo(Budget.predicting(PLAN).total());
  }

  @Test
  void the_weights_of_the_papers() {
    Plan tifed = new Plan(Arithmetic.TIFED, Curve.TANH, List.of(784, 200, 10), 1);
    assertThat(tifed.parameters()).isEqualTo(159_010);
    assertThat(Budget.predicting(tifed).items().get(0).bytes()).isEqualTo(318_020);
  }

  private static long bytes(Object root) throws IllegalAccessException {
    return bytes(root, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static long bytes(Object object, Set<Object> seen) throws IllegalAccessException {
    if (object == null || !seen.add(object)) {
      return 0;
    }
    Class<?> type = object.getClass();
    if (type.isArray() && type.getComponentType().isPrimitive()) {
      int each = type == byte[].class ? 1 : type == short[].class ? 2 : type == int[].class ? 4 : 8;
      return (long) each * Array.getLength(object);
    }
    long sum = 0;
    if (type.isArray()) {
      for (int i = 0; i < Array.getLength(object); i++) {
        sum += bytes(Array.get(object, i), seen);
      }
    } else if (object instanceof List<?> list) {
      for (Object item : list) {
        sum += bytes(item, seen);
      }
    } else if (type.getName().startsWith("org.plumbline.edge.")
        && !type.isEnum()
        && type != Crew.class) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          sum += bytes(field.get(object), seen);
        }
      }
    }
    return sum;
  }
}
