package org.plumbline.train;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.run.DType;
import org.plumbline.run.Entry;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/** Live tensors as the entries of a file, and back. */
final class Tensors {
  private Tensors() {}

  /** Views of the tensors' memory; valid while the open scope is. */
  static Map<String, Entry> entries(Map<String, Tensor> tensors) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors.forEach((name, tensor) ->
        entries.put(
            name,
            new Entry(
                dtype(tensor.precision()),
                tensor.shape(),
                tensor.to(Device.CPU).contiguous().memory())));
    return entries;
  }

  /** Copies those entries for which there is a live tensor of their name and shape. */
  static void take(String prefix, Map<String, Entry> entries, Map<String, Tensor> tensors) {
    tensors.forEach((name, tensor) -> {
      Entry entry = entries.get(prefix + name);
      if (entry != null
          && entry.shape().equals(tensor.shape())
          && entry.dtype() == dtype(tensor.precision())) {
        copy(entry, tensor);
      }
    });
  }

  private static void copy(Entry entry, Tensor tensor) {
    try (var _ = Scope.open()) {
      Tensor read = Tensor.zeros(tensor.precision(), tensor.shape().toArray());
      MemorySegment.copy(entry.data(), 0, read.memory(), 0, entry.data().byteSize());
      tensor.copyFrom(read);
    }
  }

  /** Copies the entries into the live tensors, each of which must be there, alike, and no other. */
  static void restore(String what, Map<String, Entry> entries, Map<String, Tensor> tensors) {
    for (String name : entries.keySet()) {
      if (!tensors.containsKey(name)) {
        throw new BadInput(what + " holds tensor '" + name + "', which this network has not");
      }
    }
    tensors.forEach((name, tensor) -> {
      Entry entry = entries.get(name);
      if (entry == null) {
        throw new BadInput(what + " lacks tensor '" + name + "', which this network needs");
      }
      if (!entry.shape().equals(tensor.shape()) || entry.dtype() != dtype(tensor.precision())) {
        throw new BadInput(
            "%s: tensor '%s' must be %s %s, but is %s %s"
                .formatted(
                    what,
                    name,
                    dtype(tensor.precision()),
                    tensor.shape(),
                    entry.dtype(),
                    entry.shape()));
      }
      copy(entry, tensor);
    });
  }

  private static DType dtype(Precision precision) {
    return switch (precision) {
      case FP64 -> DType.F64;
      case FP32 -> DType.F32;
      case INT64 -> DType.I64;
      case BF16 -> throw new IllegalArgumentException("no tensor in BF16 is saved");
    };
  }
}
