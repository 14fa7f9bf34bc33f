package org.plumbline.rule;

/** Where fixed feedback matrices are while they are not used. */
public enum Storage {
  /** In memory. */
  STORED,
  /** Nowhere: drawn from the seed at every use. No memory, more time. */
  REGENERATED
}
