/**
 * The vocabulary of values: a record that prints as it parses is the configuration of the thing it
 * describes.
 *
 * <p>Read {@link org.plumbline.value.Catalogue} first; {@link org.plumbline.value.Check} and {@link
 * org.plumbline.value.BadInput} are how a value refuses what it cannot be. To offer a new value on
 * the command line, add one line to the catalogue of its kind (for example {@code Rules}); {@link
 * org.plumbline.value.Plugins} adds those of jars that are not ours.
 */
@NullMarked
package org.plumbline.value;

import org.jspecify.annotations.NullMarked;
