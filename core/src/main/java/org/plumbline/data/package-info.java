/**
 * Data sets: rows in Java memory, read from files that are not trusted, or drawn from a seed.
 *
 * <p>Read {@link org.plumbline.data.Dataset} and {@link org.plumbline.data.Datasets} first. Every
 * file goes through {@code Source}, which unpacks and sets limits, into one reader per format:
 * {@code Idx}, {@code Cifar}, {@code Csv}; readers check what a file declares before they take
 * memory for it. {@link org.plumbline.data.Inputs} reads single inputs for a prediction, {@link
 * org.plumbline.data.Fetch} downloads published files.
 *
 * <p>{@link org.plumbline.data.Preparation} is what is done to all inputs, {@link
 * org.plumbline.data.Augmentation} what is done to training images at random.
 *
 * <p>To add a generator, write a record that implements {@link org.plumbline.data.Synthetic} and
 * one line in its catalogue; to add a published set, one constant in {@code Published}.
 */
@NullMarked
package org.plumbline.data;

import org.jspecify.annotations.NullMarked;
