/**
 * The catalogue of learning rules: {@code ls} this folder. Each is one file with its idea, formula
 * and citation.
 *
 * <p>Read {@link org.plumbline.rule.LearningRule}, {@link org.plumbline.rule.Feedback}, {@link
 * org.plumbline.rule.Signal}; then {@link org.plumbline.rule.DirectFeedback}, a whole rule. The
 * families {@link org.plumbline.rule.Layered} and {@link org.plumbline.rule.Direct} keep a rule
 * down to its idea. To add a rule: one file, one line in {@link org.plumbline.rule.Rules}, one test
 * that inherits {@code LearningRuleContract}.
 */
@NullMarked
package org.plumbline.rule;

import org.jspecify.annotations.NullMarked;
