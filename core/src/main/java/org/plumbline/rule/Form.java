package org.plumbline.rule;

/** What a direct feedback matrix says of the places of a feature map. */
public enum Form {
  /** A column for every place of every channel, as published. */
  FULL,
  /**
   * A column for every channel, shared by all its places: B_l = b_l {@code [outputs, channels]}
   * repeated over space, another algorithm than the full form. Of rows of numbers, which have no
   * places, it is the full form.
   */
  CHANNEL,
  /**
   * As {@link #CHANNEL}, but with entries of the size that they have if the channels were all there
   * is: what a kernel {@code [outputs, channels, kh, kw]} of Xavier's size, summed over its places,
   * tells a map away from its borders (BioTorch).
   */
  KERNEL
}
