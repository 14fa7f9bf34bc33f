package org.plumbline.optim;

import org.plumbline.nn.Gradients;

/**
 * What a step did, for feedback that learns along.
 *
 * @param gradients as they were applied, after clipping
 * @param rate the learning rate that was used
 * @param decay the weight decay that was used
 */
public record Updates(Gradients gradients, double rate, double decay) {}
