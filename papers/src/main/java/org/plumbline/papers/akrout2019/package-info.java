/** Akrout et al. 2019: weight mirrors and the Kolen-Pollack algorithm. */
@NullMarked
package org.plumbline.papers.akrout2019;

import org.jspecify.annotations.NullMarked;
