package org.plumbline.nn;

import org.plumbline.tensor.Tensor;

/**
 * A tensor that training changes in place.
 *
 * @param name within its block: {@code weight}, {@code bias}
 * @param value live; a dense weight is {@code [out, in]}
 */
public record Parameter(String name, Tensor value) {}
