/**
 * How fast a training step is: beside its matrix products alone and beside libtorch's own
 * back-propagation, in one process, in turns.
 *
 * <p>Read {@code Contender} first, then the three that compete ({@code Floor}, {@code Peer}, {@code
 * Ours}), then {@code Rounds}, which times them, and {@link org.plumbline.bench.Bench}, which goes
 * through the table. To add a shape, give {@code Workload} a name for it.
 */
@NullMarked
package org.plumbline.bench;

import org.jspecify.annotations.NullMarked;
