/** Sanfiz, Akrout 2021: BioTorch, a benchmark of feedback alignment. */
@NullMarked
package org.plumbline.papers.sanfiz2021;

import org.jspecify.annotations.NullMarked;
