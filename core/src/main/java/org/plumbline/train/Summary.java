package org.plumbline.train;

import java.nio.file.Path;

/**
 * What came out of a run.
 *
 * @param rule by name, without parameters
 * @param data as it was asked for
 * @param epochs that were trained
 * @param steps that were taken
 * @param parameters trainable numbers
 * @param trainLoss in evaluation mode, all training rows
 * @param trainAccuracy 0…1
 * @param testLoss in evaluation mode, all test rows, once
 * @param testAccuracy 0…1
 * @param seconds of training, over all sessions
 * @param samplesPerSecond rows trained on, by those seconds
 * @param run the run folder
 */
public record Summary(
    String rule,
    String data,
    long epochs,
    long steps,
    long parameters,
    double trainLoss,
    double trainAccuracy,
    double testLoss,
    double testAccuracy,
    double seconds,
    double samplesPerSecond,
    Path run) {}
