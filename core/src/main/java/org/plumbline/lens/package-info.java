/**
 * Looks at a trained network from outside: inputs disturbed on purpose, and a memory of what its
 * layers said about the training rows. Nothing here learns, and nothing changes the network.
 *
 * <p>Read {@link org.plumbline.lens.Attack} with {@link org.plumbline.lens.Victim}, then {@link
 * org.plumbline.lens.SimpleCache}. To add an attack, write a record that implements it and add a
 * line to {@link org.plumbline.lens.Attacks}.
 */
@NullMarked
package org.plumbline.lens;

import org.jspecify.annotations.NullMarked;
