package org.plumbline.run;

/** What to do with NaN and infinities, which the format permits and a training does not. */
public enum NonFinite {
  /** Refuse, naming the tensor and the first index. */
  REFUSE,
  /** Take them as they are. */
  ALLOW
}
