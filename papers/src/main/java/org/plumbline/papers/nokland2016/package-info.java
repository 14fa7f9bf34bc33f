/** Nøkland 2016: direct feedback alignment. */
@NullMarked
package org.plumbline.papers.nokland2016;

import org.jspecify.annotations.NullMarked;
