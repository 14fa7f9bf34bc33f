package org.plumbline.nn;

/** Whether a normalisation learns a scale and a shift a channel. */
public enum Affine {
  /** Both. */
  WITH,
  /** Neither. */
  WITHOUT
}
