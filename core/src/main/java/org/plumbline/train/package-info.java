/**
 * Training, whole: the only package that knows all others.
 *
 * <p>Read {@link org.plumbline.train.Learner}, which holds the loop that all rules share; then
 * {@link org.plumbline.train.Options}, the keys of a configuration; {@link
 * org.plumbline.train.Experiment}, what they mean; and {@link org.plumbline.train.Trainer}, which
 * runs an experiment in a run folder and survives being killed. {@link org.plumbline.train.Study}
 * is many runs in one folder, {@link org.plumbline.train.Comparison} a study of learning rules;
 * {@link org.plumbline.train.Presets} is the recipes of papers, {@link
 * org.plumbline.train.Transfer} weights from another run.
 */
@NullMarked
package org.plumbline.train;

import org.jspecify.annotations.NullMarked;
