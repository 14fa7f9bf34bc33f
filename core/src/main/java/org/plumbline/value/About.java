package org.plumbline.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One line about a value or a component, shown by {@code rules}, by help and by the reference
 * pages.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface About {
  /**
   * The line, without a full stop.
   *
   * @return one line of plain text
   */
  String value();
}
