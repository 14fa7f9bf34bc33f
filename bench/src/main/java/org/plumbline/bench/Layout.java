package org.plumbline.bench;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How images lie in memory. Which is faster depends on the network, so both are tried where there
 * are images, and the floor and the peer are given the better one.
 */
enum Layout {
  /** One plane a channel, libtorch's default. */
  CHANNELS_FIRST,
  /** All channels of a place beside each other. */
  CHANNELS_LAST;

  /** Those that can make a difference, the default first. */
  static List<Layout> of(Workload workload) {
    return workload.input().rank() == 3 ? List.of(values()) : List.of(CHANNELS_FIRST);
  }

  /** Images so; other tensors as they are. */
  Tensor lay(Tensor tensor) {
    return this == CHANNELS_LAST && tensor.dim() == 4
        ? tensor.contiguous(torch.MemoryFormat.ChannelsLast)
        : tensor;
  }
}
