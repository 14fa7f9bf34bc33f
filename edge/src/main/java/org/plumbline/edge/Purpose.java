package org.plumbline.edge;

/** What working memory is for. */
enum Purpose {
  /** Outputs only. */
  PREDICTING,
  /** Signals too. */
  TRAINING
}
