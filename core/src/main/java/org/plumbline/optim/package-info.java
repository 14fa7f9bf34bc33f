/**
 * How gradients become steps.
 *
 * <p>Read {@link org.plumbline.optim.Optimizer}, {@link org.plumbline.optim.Stepper}, then {@link
 * org.plumbline.optim.Sgd}; {@link org.plumbline.optim.Schedule} is how the rate changes. To add an
 * optimizer, write a record whose {@code attach} gives {@code PerParameter} one update rule, and
 * add a line to {@link org.plumbline.optim.Optimizers}.
 */
@NullMarked
package org.plumbline.optim;

import org.jspecify.annotations.NullMarked;
