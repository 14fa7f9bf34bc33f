/** Webster, Choi, Ahn 2021: direct Kolen-Pollack. */
@NullMarked
package org.plumbline.papers.webster2021;

import org.jspecify.annotations.NullMarked;
