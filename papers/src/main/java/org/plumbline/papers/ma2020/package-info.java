/** Ma, Lewis, Kleijn 2020: the HSIC bottleneck. */
@NullMarked
package org.plumbline.papers.ma2020;

import org.jspecify.annotations.NullMarked;
