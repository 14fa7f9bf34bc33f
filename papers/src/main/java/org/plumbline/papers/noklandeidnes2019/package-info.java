/** Nøkland, Eidnes 2019: training with local error signals. */
@NullMarked
package org.plumbline.papers.noklandeidnes2019;

import org.jspecify.annotations.NullMarked;
