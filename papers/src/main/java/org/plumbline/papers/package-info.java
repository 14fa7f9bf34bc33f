/**
 * Published numbers beside ours. Every paper has a package with one class that holds its data: read
 * it with the paper in hand.
 *
 * <p>{@link org.plumbline.papers.Papers} lists the papers. A {@link org.plumbline.papers.Paper} has
 * {@link org.plumbline.papers.Recipe}s, a recipe has {@link org.plumbline.papers.Cell}s: one rule
 * each, with the {@link org.plumbline.papers.Published} value that it is held to. To add a paper,
 * write its class, name it in {@code Papers}, run a cell with {@code plumbline reproduce}.
 */
@NullMarked
package org.plumbline.papers;

import org.jspecify.annotations.NullMarked;
