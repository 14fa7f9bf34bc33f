/**
 * How an output is judged: the loss and its error.
 *
 * <p>Read {@link org.plumbline.objective.Objective}. To add one, write a record that implements it,
 * add a line to {@link org.plumbline.objective.Objectives}, and let its test inherit the contract.
 */
@NullMarked
package org.plumbline.objective;

import org.jspecify.annotations.NullMarked;
