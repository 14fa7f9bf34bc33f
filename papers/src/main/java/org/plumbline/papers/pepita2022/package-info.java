/** Dellaferrera, Kreiman 2022: PEPITA, learning from a second forward pass. */
@NullMarked
package org.plumbline.papers.pepita2022;

import org.jspecify.annotations.NullMarked;
