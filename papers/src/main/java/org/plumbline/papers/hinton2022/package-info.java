/** Hinton 2022: the Forward-Forward algorithm. */
@NullMarked
package org.plumbline.papers.hinton2022;

import org.jspecify.annotations.NullMarked;
