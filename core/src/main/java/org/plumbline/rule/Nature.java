package org.plumbline.rule;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What kind of rule a rule is: its card in the catalogue. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Nature {
  /**
   * How the blocks come to their signals.
   *
   * @return the family
   */
  Family family();

  /**
   * Who published it, where.
   *
   * @return authors, year, identifier: {@code Nøkland 2016, arXiv:1609.01596}
   */
  String citation();

  /**
   * Whether feedback reads the forward weights or their signs.
   *
   * @return false by default
   */
  boolean weightTransport() default false;

  /**
   * Whether a block waits for the signal of the block above it.
   *
   * @return false by default
   */
  boolean backwardChain() default false;

  /**
   * Whether the signals stand in for the gradient of the loss, so that an angle between the two
   * means something.
   *
   * @return true by default
   */
  boolean estimatesGradient() default true;

  /**
   * Why the rule by its nature cannot train a plain multi-layer perceptron.
   *
   * @return empty where it can
   */
  String noMlp() default "";

  /** How blocks come to their signals. */
  enum Family {
    /** Carried back from block to block. */
    LAYERED,
    /** Broadcast from the output, or from the target. */
    DIRECT,
    /** From a loss of the block's own. */
    LOCAL,
    /** From a second forward pass, or from a forward-mode derivative. */
    FORWARD,
    /** None: a control. */
    NONE
  }
}
