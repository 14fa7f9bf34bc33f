package org.plumbline.value;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which a component is written, where it is not the component's own: {@code lr}; or,
 * on a record of somebody's own jar, the name under which a catalogue lists it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT})
public @interface Key {
  /**
   * The name.
   *
   * @return lower case, words joined by hyphens
   */
  String value();
}
