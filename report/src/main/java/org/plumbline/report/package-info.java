/**
 * A run folder in, one self-contained HTML page out.
 *
 * <p>Read {@link org.plumbline.report.Report} first: it names the sections in the order of the
 * page. {@code RunData} and {@code Events} read the folder, {@code Curves}, {@code Alignment},
 * {@code Confusion} and the other sections say what they found, {@code Chart} and {@code Series}
 * draw, {@code Node} and {@code Page} write HTML. Nothing that a file says reaches the page
 * unescaped: text enters only through {@code Node.text}.
 *
 * <p>{@link org.plumbline.report.ComparisonReport} is the page of several runs, made the same way
 * from {@code ComparisonData}.
 *
 * <p>To add a section: one class with a method that returns a {@code Section}, one line in {@code
 * Report}, one assertion on a sample run.
 */
@NullMarked
package org.plumbline.report;

import org.jspecify.annotations.NullMarked;
