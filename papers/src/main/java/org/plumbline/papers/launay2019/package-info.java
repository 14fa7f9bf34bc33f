/** Launay, Poli, Krzakala 2019: principled direct feedback alignment and the bottleneck. */
@NullMarked
package org.plumbline.papers.launay2019;

import org.jspecify.annotations.NullMarked;
