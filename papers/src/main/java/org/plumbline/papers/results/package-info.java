/**
 * What came out: one {@link org.plumbline.papers.results.Row} a run, kept in one {@link
 * org.plumbline.papers.results.ResultsFile} a paper and committed; a {@link
 * org.plumbline.papers.results.Standing} is computed from them whenever it is asked for. {@link
 * org.plumbline.papers.results.Reproduction} makes the rows.
 */
@NullMarked
package org.plumbline.papers.results;

import org.jspecify.annotations.NullMarked;
