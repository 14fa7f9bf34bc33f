/**
 * Training and prediction with {@code byte}, {@code short}, {@code int} and {@code long} alone.
 *
 * <p>Reading order: {@link org.plumbline.edge.Arithmetic} and {@link org.plumbline.edge.Curve} say
 * what is computed, {@link org.plumbline.edge.Plan} what a network is, {@link
 * org.plumbline.edge.Ranges} why nothing overflows; {@link org.plumbline.edge.Network} predicts,
 * {@link org.plumbline.edge.Learner} trains it by direct feedback alignment, {@link
 * org.plumbline.edge.Training} and {@link org.plumbline.edge.Federation} over a data set. Plain
 * Java 17: no dependency, no reflection, no native code, no floating point.
 */
@NullMarked
package org.plumbline.edge;

import org.jspecify.annotations.NullMarked;
