/**
 * Networks as lists of blocks, each of which receives credit as a whole and differentiates only
 * inside itself.
 *
 * <p>Read {@link org.plumbline.nn.Block}, {@link org.plumbline.nn.Step}, {@link
 * org.plumbline.nn.Trace}, {@link org.plumbline.nn.Network}, then {@link org.plumbline.nn.Dense}. A
 * {@link org.plumbline.nn.Layer} is a value that becomes a live block; to add one, write a record
 * that implements it and add a line to {@link org.plumbline.nn.Layers}. {@link
 * org.plumbline.nn.Architecture} is the networks that papers name.
 */
@NullMarked
package org.plumbline.nn;

import org.jspecify.annotations.NullMarked;
