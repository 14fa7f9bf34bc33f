/** Crafton et al. 2019: direct feedback alignment with sparse connections. */
@NullMarked
package org.plumbline.papers.crafton2019;

import org.jspecify.annotations.NullMarked;
