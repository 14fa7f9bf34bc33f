/**
 * The results as people read them: a page a paper in Markdown with drawings in SVG, and an overview
 * of all. Made from the results files and nothing else: the same files, the same pages.
 */
@NullMarked
package org.plumbline.papers.page;

import org.jspecify.annotations.NullMarked;
