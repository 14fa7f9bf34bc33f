/**
 * The facade over libtorch: tensors, scopes that free them, seeds that draw them.
 *
 * <p>Read Scope, then Tensor, then {@link org.plumbline.tensor.Seed}. Nothing outside this package
 * sees {@code org.bytedeco}. To add an operation, add one method to {@code Tensor} that states the
 * shapes it takes and gives.
 */
@NullMarked
package org.plumbline.tensor;

import org.jspecify.annotations.NullMarked;
