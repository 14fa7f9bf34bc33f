/** Small networks, problems and comparisons that the tests of all packages share. */
@NullMarked
package org.plumbline.toy;

import org.jspecify.annotations.NullMarked;
