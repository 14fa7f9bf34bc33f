package org.plumbline.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * How the numbers of a tensor lie in memory. Functions of each number by itself keep it, so the
 * layout that the first product or convolution chose for speed goes through the network.
 */
enum Layout {
  /** One row behind the other, the last axis fastest: all tensors but those below. */
  ROWS,
  /** A matrix, one column behind the other: W · hᵀ takes less time than h · Wᵀ. */
  COLUMNS,
  /** Images, all channels of a place together: convolutions and pools take less time. */
  CHANNELS_LAST;

  static Layout of(org.bytedeco.pytorch.Tensor t, int rank) {
    if (t.is_contiguous()) {
      return ROWS;
    }
    return switch (rank) {
      case 2 -> t.stride(0) == 1 && t.stride(1) == t.size(0) ? COLUMNS : ROWS;
      case 4 -> t.is_contiguous(torch.MemoryFormat.ChannelsLast) ? CHANNELS_LAST : ROWS;
      default -> ROWS;
    };
  }
}
