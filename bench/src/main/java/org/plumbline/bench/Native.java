package org.plumbline.bench;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Tensors of libtorch itself, in the open scope. */
final class Native {
  private Native() {}

  static Tensor floats(float[] values, long... axes) {
    Tensor tensor = empty(torch.ScalarType.Float, axes);
    try (FloatPointer memory = new FloatPointer(tensor.data_ptr()).capacity(values.length)) {
      memory.put(values);
    }
    return tensor;
  }

  static Tensor longs(int[] values) {
    Tensor tensor = empty(torch.ScalarType.Long, values.length);
    try (LongPointer memory = new LongPointer(tensor.data_ptr()).capacity(values.length)) {
      for (int i = 0; i < values.length; i++) {
        memory.put(i, values[i]);
      }
    }
    return tensor;
  }

  static Tensor empty(torch.ScalarType type, long... axes) {
    try (TensorOptions options = new TensorOptions(type);
        MemoryFormatOptional format = new MemoryFormatOptional()) {
      return torch.empty(axes, options, format);
    }
  }

  /** All numbers, row by row. */
  static float[] toFloats(Tensor tensor) {
    Tensor whole = tensor.detach().to(torch.ScalarType.Float).contiguous();
    float[] values = new float[(int) whole.numel()];
    try (FloatPointer memory = new FloatPointer(whole.data_ptr()).capacity(values.length)) {
      memory.get(values);
    }
    return values;
  }
}
