package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Numbers on a rectangular grid, in native memory. Lives until the {@link Scope} it was made in
 * closes.
 *
 * <p>Operations named by nouns and participles ({@code plus}, {@code scaled}) return a new tensor;
 * operations named by verbs ({@code add}, {@code multiply}) change this one and return it. Shapes
 * follow libtorch, with its broadcasting.
 */
public final class Tensor {
  private static final long WORTH_TURNING = 16; // rows and columns of a product
  private static final long FEW = 1 << 14; // that Java reads faster than it calls libtorch
  private static final long[] ROWS = {0};
  private static final long[] IMAGES = {0, 2, 3};

  final org.bytedeco.pytorch.Tensor t;
  private @Nullable Shape shape; // asked for once: each look costs a call
  private @Nullable Precision precision;
  private @Nullable Layout layout;
  private @Nullable Tensor transposed; // where it lives as long as this
  private @Nullable Map<Long, Tensor> slices; // of a buffer, for as long as it is used again
  private @Nullable Buffers lender;
  private int lease; // how often a buffer has been handed back
  private @Nullable Twin twin;
  private long address;

  Tensor(org.bytedeco.pytorch.Tensor t) {
    this.t = t;
  }

  org.bytedeco.pytorch.Tensor libtorch() {
    return t;
  }

  // ---- making

  /**
   * A tensor of zeros.
   *
   * @param precision of its elements
   * @param axes its shape
   * @return {@code [axes…]}
   */
  public static Tensor zeros(Precision precision, long... axes) {
    Scope.require();
    try (TensorOptions options = new TensorOptions(precision.libtorch())) {
      return new Tensor(torch.zeros(axes, options));
    }
  }

  /**
   * A tensor of these numbers, in FP32.
   *
   * @param values row by row
   * @param axes its shape
   * @return {@code [axes…]}
   */
  public static Tensor of(float[] values, long... axes) {
    Tensor tensor = room(Precision.FP32, values.length, axes);
    MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_FLOAT, 0, values.length);
    return tensor;
  }

  /**
   * A tensor of these numbers, in FP64.
   *
   * @param values row by row
   * @param axes its shape
   * @return {@code [axes…]}
   */
  public static Tensor of(double[] values, long... axes) {
    Tensor tensor = room(Precision.FP64, values.length, axes);
    MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_DOUBLE, 0, values.length);
    return tensor;
  }

  /**
   * A tensor of these whole numbers.
   *
   * @param values row by row
   * @param axes its shape
   * @return {@code [axes…]}
   */
  public static Tensor of(long[] values, long... axes) {
    Tensor tensor = room(Precision.INT64, values.length, axes);
    MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_LONG, 0, values.length);
    return tensor;
  }

  /**
   * A tensor of the same shape, precision and device, with room that holds anything.
   *
   * @return shaped like this
   */
  public Tensor sameShape() {
    Tensor room = lent(shape(), layout());
    return room == null ? made(torch.empty_like(t)) : room;
  }

  /**
   * A tensor of zeros of the same shape, precision and device.
   *
   * @return shaped like this
   */
  public Tensor zerosLike() {
    return made(torch.zeros_like(t));
  }

  /**
   * A copy in memory of its own.
   *
   * @return shaped like this
   */
  public Tensor copied() {
    Tensor room = lent(shape(), layout());
    return room == null ? made(t.clone()) : room.copyFrom(this);
  }

  /**
   * The same numbers in BF16, which this tensor remembers: asked for again it has them at hand, as
   * long as neither it nor they have changed or gone.
   *
   * @return shaped like this
   */
  public Tensor half() {
    Tensor half = to(Precision.BF16);
    if (half != this && (twin == null || twin.half.tensor != half)) {
      twin = new Twin(mark(), half.mark());
    }
    return half;
  }

  /** These numbers as they were, and the same in BF16. */
  private record Twin(Mark whole, Mark half) {
    boolean holds() {
      return whole.holds() && half.holds();
    }
  }

  /**
   * A tensor as it is now, for who remembers what came of it.
   *
   * @return to be asked later
   */
  public Mark mark() {
    return new Mark(this, version(), lease);
  }

  /**
   * A tensor as it was at a moment.
   *
   * @param tensor that one
   * @param version of its numbers
   * @param lease of its memory
   */
  public record Mark(Tensor tensor, long version, int lease) {
    /**
     * Whether it still is: not freed, not handed back to buffers, not changed.
     *
     * @return true if its numbers are what they were
     */
    public boolean holds() {
      return lease == tensor.lease && !tensor.t.isNull() && version == tensor.version();
    }
  }

  /** A buffer is handed back: what was known of its numbers is not any more. */
  void returned() {
    lease++;
  }

  /**
   * The same numbers in another precision; this tensor itself if it has it.
   *
   * @param precision of the result
   * @return shaped like this
   */
  public Tensor to(Precision precision) {
    if (precision == precision()) {
      return this;
    }
    if (precision == Precision.BF16 && twin != null && twin.holds()) {
      return twin.half.tensor;
    }
    Tensor room = t.is_cuda() ? null : Scope.lend(precision, shape(), layout());
    return room == null ? made(t.to(precision.libtorch())) : room.copyFrom(this);
  }

  /**
   * The same numbers on another device; this tensor itself if it is there.
   *
   * @param device of the result
   * @return shaped like this
   */
  public Tensor to(Device device) {
    return device == device() ? this : made(t.to(device.libtorch(), precision().libtorch()));
  }

  /**
   * Several matrices, one below the other.
   *
   * @param matrices at least one, of one width
   * @return {@code [rows of all, columns]}
   */
  public static Tensor below(List<Tensor> matrices) {
    Scope.require();
    return new Tensor(torch.cat(vector(matrices), 0));
  }

  /**
   * Two matrices beside each other.
   *
   * @param other of as many rows
   * @return {@code [rows, columns of both]}
   */
  public Tensor beside(Tensor other) {
    return made(torch.cat(vector(List.of(this, other)), 1));
  }

  // ---- looking

  /**
   * The lengths of the axes.
   *
   * @return one for each axis
   */
  public Shape shape() {
    if (shape == null) {
      long[] axes = new long[(int) t.dim()];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = t.size(i);
      }
      shape = Shape.of(axes);
    }
    return shape;
  }

  /**
   * The number of elements.
   *
   * @return the product of the axes
   */
  public long size() {
    return shape().size();
  }

  /**
   * The length of one axis.
   *
   * @param axis negative counts from the end
   * @return the length
   */
  public long size(int axis) {
    return shape().axis(axis);
  }

  /**
   * The number format.
   *
   * @return of every element
   */
  public Precision precision() {
    if (precision == null) {
      precision = Precision.of(t.scalar_type());
    }
    return precision;
  }

  /**
   * Where it lives.
   *
   * @return the device
   */
  public Device device() {
    return t.is_cuda() ? Device.CUDA : Device.CPU;
  }

  /**
   * The one number of a tensor of one element.
   *
   * @return the number
   */
  public double item() {
    return t.item_double();
  }

  /**
   * All numbers, row by row, as floats.
   *
   * @return a fresh array
   */
  public float[] toFloats() {
    return host(Precision.FP32).memory().toArray(ValueLayout.JAVA_FLOAT);
  }

  /**
   * All numbers, row by row, as doubles.
   *
   * @return a fresh array
   */
  public double[] toDoubles() {
    return host(Precision.FP64).memory().toArray(ValueLayout.JAVA_DOUBLE);
  }

  /**
   * All numbers, row by row, as whole numbers.
   *
   * @return a fresh array
   */
  public long[] toLongs() {
    return host(Precision.INT64).memory().toArray(ValueLayout.JAVA_LONG);
  }

  /**
   * The memory of a contiguous tensor on the CPU, row by row in native byte order. Valid while the
   * tensor lives.
   *
   * @return a view, not a copy
   */
  @SuppressWarnings("restricted") // the one place that turns an address into memory
  public MemorySegment memory() {
    if (!t.is_contiguous() || t.is_cuda()) {
      throw new IllegalStateException("only a contiguous tensor on the CPU shows its memory");
    }
    return MemorySegment.ofAddress(t.data_ptr().address()).reinterpret(t.nbytes());
  }

  /**
   * This tensor if it is contiguous, else a contiguous copy.
   *
   * @return shaped like this
   */
  public Tensor contiguous() {
    return t.is_contiguous() ? this : made(t.contiguous());
  }

  // ---- shape

  /**
   * The same numbers under another shape; -1 stands for what is left.
   *
   * @param axes one of them may be -1
   * @return {@code [axes…]}
   */
  public Tensor reshaped(long... axes) {
    return shape().is(axes) ? this : made(t.reshape(axes));
  }

  /**
   * A view with the two axes exchanged.
   *
   * @return {@code [columns, rows]} of a matrix
   */
  public Tensor transposed() {
    if (transposed != null) {
      return transposed;
    }
    return made(t.t());
  }

  /** How the numbers lie in memory. */
  Layout layout() {
    if (layout == null) {
      layout = Layout.of(t, shape().rank());
    }
    return layout;
  }

  /** These numbers, all channels of a place together; this tensor if they lie so. */
  Tensor channelsLast() {
    boolean asTheyAre = t.is_contiguous(torch.MemoryFormat.ChannelsLast);
    return asTheyAre ? this : made(t.contiguous(torch.MemoryFormat.ChannelsLast));
  }

  /**
   * A view of some rows.
   *
   * @param from the first, from 0
   * @param count how many
   * @return {@code [count, …]}
   */
  public Tensor rows(long from, long count) {
    return made(t.narrow(0, from, count));
  }

  /**
   * The first rows, lying in memory as this does: a view where they lie together, else a copy.
   *
   * @param count how many
   * @return {@code [count, …]}
   */
  public Tensor firstRows(long count) {
    if (layout() != Layout.COLUMNS) {
      return rows(0, count);
    }
    Shape few = Shape.of(count, size(1));
    return room(precision(), few, Layout.COLUMNS).copyFrom(rows(0, count));
  }

  /**
   * A view of some columns.
   *
   * @param from the first, from 0
   * @param count how many
   * @return {@code [rows, count]}
   */
  public Tensor columns(long from, long count) {
    if (slices == null || lender == null) {
      return made(t.narrow(1, from, count));
    }
    Tensor kept = slices.get(from << 32 | count);
    if (kept == null) {
      kept = lender.keep(made(t.narrow(1, from, count)));
      slices.put(from << 32 | count, kept);
    }
    return kept;
  }

  /** Where the first number is. */
  long address() {
    if (address == 0) {
      address = t.data_ptr().address();
    }
    return address;
  }

  /** Makes this one of the buffers that are used again. */
  Tensor belongTo(Buffers buffers) {
    lender = buffers;
    slices = new HashMap<>();
    return this;
  }

  /**
   * A copy of some rows in any order, also repeatedly.
   *
   * @param places of the rows, from 0: {@code [count]}, INT64
   * @return {@code [count, …]}
   */
  public Tensor rowsAt(Tensor places) {
    return made(t.index_select(0, places.t));
  }

  /**
   * A copy of some columns in any order, also repeatedly.
   *
   * @param places of the columns, from 0: {@code [count]}, INT64
   * @return {@code [rows, count]}
   */
  public Tensor columnsAt(Tensor places) {
    return made(t.index_select(1, places.t));
  }

  /**
   * From each row, the elements at its places.
   *
   * @param places column numbers, INT64 {@code [rows, k]}
   * @return {@code [rows, k]}
   */
  public Tensor gathered(Tensor places) {
    return made(t.gather(1, places.t));
  }

  /**
   * The same numbers with the last axis back to front: images mirrored left to right.
   *
   * @return shaped like this
   */
  public Tensor mirrored() {
    return made(t.flip(t.dim() - 1));
  }

  /**
   * The rows summed by place: row v of the result is the sum of those rows whose place is v.
   *
   * @param places of the rows in the result, from 0: {@code [rows]}, INT64
   * @param count rows of the result
   * @return {@code [count, columns]}
   */
  public Tensor summedAt(Tensor places, long count) {
    return made(torch.embedding_dense_backward(contiguous().t, places.t, count, -1, false));
  }

  // ---- arithmetic, element by element

  /**
   * The sum.
   *
   * @param other of a shape that broadcasts with this
   * @return the broadcast shape
   */
  public Tensor plus(Tensor other) {
    return made(t.add(other.t));
  }

  /**
   * The difference.
   *
   * @param other of a shape that broadcasts with this
   * @return the broadcast shape
   */
  public Tensor minus(Tensor other) {
    return made(t.sub(other.t));
  }

  /**
   * The product, element by element.
   *
   * @param other of a shape that broadcasts with this
   * @return the broadcast shape
   */
  public Tensor times(Tensor other) {
    return made(t.mul(other.t));
  }

  /**
   * The quotient, element by element.
   *
   * @param other of a shape that broadcasts with this
   * @return the broadcast shape
   */
  public Tensor over(Tensor other) {
    return made(t.div(other.t));
  }

  /**
   * This times a number.
   *
   * @param factor the number
   * @return shaped like this
   */
  public Tensor scaled(double factor) {
    Tensor room = lent(shape(), layout());
    return room == null
        ? made(t.mul(Scalars.of(factor)))
        : room.holding(torch.mul_out(room.t, t, Scalars.of(factor)));
  }

  /**
   * This plus a number.
   *
   * @param term the number
   * @return shaped like this
   */
  public Tensor plus(double term) {
    return made(t.add(Scalars.of(term)));
  }

  /**
   * e to the power of each element.
   *
   * @return shaped like this
   */
  public Tensor exp() {
    Tensor room = lent(shape(), layout());
    return room == null ? made(t.exp()) : room.holding(torch.exp_out(room.t, t));
  }

  /**
   * The natural logarithm of each element.
   *
   * @return shaped like this
   */
  public Tensor log() {
    return made(t.log());
  }

  /**
   * The square root of each element.
   *
   * @return shaped like this
   */
  public Tensor sqrt() {
    return made(t.sqrt());
  }

  /**
   * The absolute value of each element.
   *
   * @return shaped like this
   */
  public Tensor abs() {
    return made(t.abs());
  }

  /**
   * The square of each element.
   *
   * @return shaped like this
   */
  public Tensor squared() {
    return made(t.square());
  }

  /**
   * The nearest whole number of each element, the even one of two.
   *
   * @return shaped like this
   */
  public Tensor rounded() {
    return made(t.round());
  }

  /**
   * Each element whose absolute value is above a threshold, 0 for the others.
   *
   * @param threshold at least 0
   * @return shaped like this
   */
  public Tensor hardShrunk(double threshold) {
    return made(t.hardshrink(Scalars.of(threshold)));
  }

  /**
   * The hyperbolic tangent.
   *
   * @return shaped like this
   */
  public Tensor tanh() {
    if (Curves.canRead(this)) {
      return Curves.tanh(this, sameShape());
    }
    Tensor room = lent(shape(), layout());
    return room == null ? made(t.tanh()) : room.holding(torch.tanh_out(room.t, t));
  }

  /**
   * 1 / (1 + exp(−x)).
   *
   * @return shaped like this
   */
  public Tensor sigmoid() {
    Tensor room = lent(shape(), layout());
    return room == null ? made(t.sigmoid()) : room.holding(torch.sigmoid_out(room.t, t));
  }

  /**
   * max(0, x).
   *
   * @return shaped like this
   */
  public Tensor relu() {
    Tensor room = lent(shape(), layout());
    return room == null ? made(t.relu()) : room.holding(torch.relu_out(room.t, t));
  }

  /**
   * x Φ(x), the exact form.
   *
   * @return shaped like this
   */
  public Tensor gelu() {
    return made(torch.gelu(t));
  }

  /**
   * log(1 + exp(x)).
   *
   * @return shaped like this
   */
  public Tensor softplus() {
    // Above the threshold it is x itself. libtorch's 20 would make a jump of 2e-9 in FP64.
    return made(torch.softplus(t, Scalars.of(1), Scalars.of(40)));
  }

  /**
   * x above 0, slope·x below.
   *
   * @param slope below 0
   * @return shaped like this
   */
  public Tensor leakyRelu(double slope) {
    return made(torch.leaky_relu(t, Scalars.of(slope)));
  }

  /**
   * −1, 0 or 1: the sign of each element.
   *
   * @return shaped like this
   */
  public Tensor sign() {
    return made(t.sign());
  }

  /**
   * Each element, or the nearer bound where it lies outside.
   *
   * @param least the lower bound
   * @param greatest the upper bound
   * @return shaped like this
   */
  public Tensor clamped(double least, double greatest) {
    try (Scalar low = new Scalar(least);
        Scalar high = new Scalar(greatest);
        ScalarOptional from = new ScalarOptional(low);
        ScalarOptional to = new ScalarOptional(high)) {
      return made(t.clamp(from, to));
    }
  }

  // ---- local derivatives: this is the signal at the output, [batch, …]

  /**
   * The signal carried back through tanh.
   *
   * @param output of tanh, shaped like this
   * @return signal · (1 − output²)
   */
  public Tensor throughTanh(Tensor output) {
    Tensor room = lent(shape(), layout());
    return room == null
        ? made(torch.tanh_backward(t, output.t))
        : room.holding(torch.tanh_backward_out(room.t, t, output.t));
  }

  /**
   * The signal carried back through the logistic function.
   *
   * @param output of the function, shaped like this
   * @return signal · output · (1 − output)
   */
  public Tensor throughSigmoid(Tensor output) {
    Tensor room = lent(shape(), layout());
    return room == null
        ? made(torch.sigmoid_backward(t, output.t))
        : room.holding(torch.sigmoid_backward_out(room.t, t, output.t));
  }

  /**
   * The signal carried back through relu; its derivative at 0 is 0.
   *
   * @param output of relu, shaped like this
   * @return the signal where the output is positive, else 0
   */
  public Tensor throughRelu(Tensor output) {
    Tensor room = lent(shape(), layout());
    return room == null
        ? made(torch.threshold_backward(t, output.t, Scalars.of(0)))
        : room.holding(torch.threshold_backward_out(room.t, t, output.t, Scalars.of(0)));
  }

  /**
   * The signal carried back through leaky relu; its derivative at 0 is the slope.
   *
   * @param input of leaky relu, shaped like this
   * @param slope below 0
   * @return the signal, times the slope where the input is not positive
   */
  public Tensor throughLeakyRelu(Tensor input, double slope) {
    return made(torch.leaky_relu_backward(t, input.t, Scalars.of(slope), false));
  }

  /**
   * The signal carried back through gelu.
   *
   * @param input of gelu, shaped like this
   * @return signal · gelu′(input)
   */
  public Tensor throughGelu(Tensor input) {
    return made(torch.gelu_backward(t, input.t));
  }

  /**
   * The signal carried back through softplus.
   *
   * @param input of softplus, shaped like this
   * @return signal · sigmoid(input)
   */
  public Tensor throughSoftplus(Tensor input) {
    return times(input.sigmoid());
  }

  // ---- matrices

  /**
   * The matrix product.
   *
   * @param other {@code [columns of this, k]}
   * @return {@code [rows of this, k]}
   */
  public Tensor matmul(Tensor other) {
    Meter.product(this, other);
    Tensor room = lent(Shape.of(size(0), other.size(1)), Layout.ROWS);
    return room == null ? made(t.mm(other.t)) : room.holding(torch.mm_out(room.t, t, other.t));
  }

  /**
   * The matrix product, lying as what it will meet.
   *
   * @param other {@code [columns, k]}
   * @param like {@code [rows, k]}
   * @return {@code [rows, k]}
   */
  public Tensor matmul(Tensor other, Tensor like) {
    if (like.layout() != Layout.COLUMNS) {
      return matmul(other);
    }
    Meter.product(this, other);
    Tensor room = lent(Shape.of(size(0), other.size(1)), Layout.COLUMNS);
    return room == null
        ? made(other.transposed().t.mm(transposed().t)).paired()
        : room.filled(torch.mm_out(room.transposed().t, other.transposed().t, transposed().t));
  }

  /**
   * A dense layer: this · weightᵀ + bias, this being [batch, in].
   *
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or {@code [out, 1]}
   * @return {@code [batch, out]}
   */
  public Tensor linear(Tensor weight, Tensor bias) {
    Meter.linear(this, weight);
    if (inColumns(weight)) {
      Tensor room = lent(behind(weight), Layout.COLUMNS);
      Tensor column = bias.shape().rank() == 2 ? bias : bias.reshaped(-1, 1);
      return room == null
          ? made(torch.addmm(column.t, weight.t, transposed().t)).paired()
          : room.filled(torch.addmm_out(room.transposed().t, column.t, weight.t, transposed().t));
    }
    Tensor room = lent(behind(weight), Layout.ROWS);
    Tensor row = bias.shape().rank() == 2 ? bias.reshaped(-1) : bias;
    try (TensorOptional b = new TensorOptional(row.t)) {
      return room == null
          ? made(torch.linear(t, weight.t, b))
          : room.holding(torch.linear_out(room.t, t, weight.t, b));
    }
  }

  /**
   * A dense layer without a bias: this · weightᵀ.
   *
   * @param weight {@code [out, in]}
   * @return {@code [batch, out]}
   */
  public Tensor linear(Tensor weight) {
    Meter.linear(this, weight);
    if (inColumns(weight)) {
      Tensor room = lent(behind(weight), Layout.COLUMNS);
      return room == null
          ? made(weight.t.mm(transposed().t)).paired()
          : room.filled(torch.mm_out(room.transposed().t, weight.t, transposed().t));
    }
    Tensor room = lent(behind(weight), Layout.ROWS);
    return room == null
        ? made(torch.linear(t, weight.t))
        : room.holding(torch.linear_out(room.t, t, weight.t));
  }

  /** Whether W · thisᵀ takes less time than this · Wᵀ. */
  private boolean inColumns(Tensor weight) {
    return shape().rank() == 2
        && size(0) >= WORTH_TURNING
        && weight.size(0) >= WORTH_TURNING
        && !t.is_cuda();
  }

  /** The shape of this times weightᵀ. */
  private Shape behind(Tensor weight) {
    return shape().rank() == 2
        ? Shape.of(size(0), weight.size(0))
        : Shape.of(t.dim() == 1 ? new long[] {weight.size(0)} : replaced(weight.size(0)));
  }

  private long[] replaced(long last) {
    long[] axes = shape().toArray();
    axes[axes.length - 1] = last;
    return axes;
  }

  /**
   * The product with a sparse matrix by gathering: of this, {@code [rows, from]}, and for each of
   * {@code to} columns s places and their values.
   *
   * @param places of this one's columns, from 0: {@code [s, to]}, INT64
   * @param values by which they are multiplied, {@code [s, to]}
   * @return {@code [rows, to]}: column j is the sum over m of column places[m, j] times values[m,
   *     j]
   */
  public Tensor gathered(Tensor places, Tensor values) {
    Meter.gathered(this, values);
    Tensor sum = gathered(places, values, 0);
    for (long m = 1; m < values.size(0); m++) {
      sum.add(gathered(places, values, m), 1);
    }
    return sum;
  }

  private Tensor gathered(Tensor places, Tensor values, long m) {
    return columnsAt(places.rows(m, 1).reshaped(-1)).multiply(values.rows(m, 1));
  }

  /**
   * The orthonormal factor of the QR decomposition of this, [rows, columns] with rows ≥ columns.
   *
   * @return {@code [rows, columns]}, its columns orthonormal; signs fixed by a positive diagonal of
   *     R
   */
  public Tensor orthonormal() {
    try (T_TensorTensor_T qr = torch.linalg_qr(t)) {
      return made(qr.get0().mul(qr.get1().diagonal().sign()));
    }
  }

  /**
   * An identity matrix in the precision and on the device of this tensor.
   *
   * @param rows how many, of as many columns
   * @return {@code [rows, rows]}
   */
  public Tensor identity(long rows) {
    try (TensorOptions options = t.options()) {
      return made(torch.eye(rows, options));
    }
  }

  /**
   * The inverse of this symmetric, positive definite matrix, by Cholesky. Not a number where this
   * is not finite; meaningless where this is not positive definite.
   *
   * @return shaped like this
   */
  public Tensor choleskyInverse() {
    try (T_TensorTensor_T factor = torch.linalg_cholesky_ex(t)) {
      return made(torch.cholesky_inverse(factor.get0()));
    }
  }

  /**
   * The eigenvalues and eigenvectors of a symmetric matrix.
   *
   * @param values rising, {@code [n]}
   * @param vectors {@code [n, n]}, one a column, orthonormal; each up to its sign
   */
  public record Eigen(Tensor values, Tensor vectors) {}

  /**
   * Takes this symmetric matrix, {@code [n, n]}, apart; only its lower triangle is read.
   *
   * @return such that this = U diag(λ) Uᵀ
   */
  public Eigen eigen() {
    try (T_TensorTensor_T pair = torch.linalg_eigh(t)) {
      return new Eigen(
          made(new org.bytedeco.pytorch.Tensor(pair.get0())),
          made(new org.bytedeco.pytorch.Tensor(pair.get1())));
    }
  }

  // ---- reductions

  /**
   * The sum of all elements.
   *
   * @return a scalar
   */
  public Tensor sum() {
    return made(t.sum());
  }

  /**
   * The sums along one axis, which disappears.
   *
   * @param axis the axis
   * @return one axis fewer
   */
  public Tensor sum(int axis) {
    return made(t.sum(axis));
  }

  /**
   * The sum of each column of [rows, columns].
   *
   * @return {@code [columns]}
   */
  public Tensor columnSums() {
    Tensor sums = lent(Shape.of(size(1)), Layout.ROWS);
    return sums == null ? made(t.sum(0)) : sums.holding(torch.sum_out(sums.t, t, ROWS));
  }

  /**
   * The sum over rows and places of each channel of [batch, channels, height, width].
   *
   * @return {@code [channels]}
   */
  public Tensor channelSums() {
    Tensor sums = lent(Shape.of(size(1)), Layout.ROWS);
    return sums == null ? made(t.sum(IMAGES)) : sums.holding(torch.sum_out(sums.t, t, IMAGES));
  }

  /**
   * Whether the length of all elements as one vector is a finite number in this precision.
   *
   * @return false if an element is not finite, or together they are too great
   */
  public boolean hasFiniteNorm() {
    if (size() <= FEW && precision() == Precision.FP32 && t.is_contiguous() && !t.is_cuda()) {
      MemorySegment numbers = memory();
      float squares = 0;
      for (long i = 0; i < size(); i++) {
        float x = numbers.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        squares += x * x;
      }
      return Float.isFinite(squares);
    }
    return Double.isFinite(norm().item());
  }

  /**
   * The mean of all elements.
   *
   * @return a scalar
   */
  public Tensor mean() {
    return made(t.mean());
  }

  /**
   * The Euclidean length of all elements as one vector.
   *
   * @return a scalar
   */
  public Tensor norm() {
    return made(torch.linalg_vector_norm(t));
  }

  /**
   * The inner product with another tensor, both as one vector.
   *
   * @param other shaped like this
   * @return a scalar
   */
  public Tensor dot(Tensor other) {
    return made(torch.dot(t.reshape(-1), other.t.reshape(-1)));
  }

  /**
   * The inner product of each row of [rows, columns] with the same row of another tensor.
   *
   * @param other shaped like this
   * @return {@code [rows]}
   */
  public Tensor rowDots(Tensor other) {
    return made(torch.linalg_vecdot(t, other.t, 1));
  }

  /**
   * These numbers, lying in memory as those of another tensor do; this tensor itself if they do.
   * One copy takes less time than reading twice along the other axis.
   *
   * @param other of the same rank
   * @return shaped like this
   */
  public Tensor lyingLike(Tensor other) {
    return layout() == other.layout()
        ? this
        : room(precision(), shape(), other.layout()).copyFrom(this);
  }

  /**
   * The inner product of each row of [rows, columns] with the same row of another matrix, summed in
   * double precision.
   *
   * @param other shaped like this
   * @return one number a row
   */
  public double[] rowProducts(Tensor other) {
    if (Curves.canRead(this) && Curves.canRead(other)) {
      return Curves.rowProducts(this, other.lyingLike(this));
    }
    return to(Precision.FP64).rowDots(other.to(Precision.FP64)).toDoubles();
  }

  /**
   * The place of the greatest element of each row of [rows, columns].
   *
   * @return {@code [rows]}, INT64
   */
  public Tensor argmax() {
    try (LongOptional axis = new LongOptional(1)) {
      return made(t.argmax(axis, false));
    }
  }

  /**
   * The greatest elements of each row of a matrix.
   *
   * @param values falling, {@code [rows, k]}
   * @param places their columns, {@code [rows, k]}, INT64
   */
  public record Greatest(Tensor values, Tensor places) {}

  /**
   * The greatest elements of each row of [rows, columns].
   *
   * @param k how many, at most as many as there are columns
   * @return falling
   */
  public Greatest greatest(long k) {
    try (T_TensorTensor_T pair = t.topk(k)) {
      return new Greatest(
          made(new org.bytedeco.pytorch.Tensor(pair.get0())),
          made(new org.bytedeco.pytorch.Tensor(pair.get1())));
    }
  }

  /**
   * Softmax of each row of [rows, columns], in its stable form.
   *
   * @return shaped like this
   */
  public Tensor softmax() {
    return made(torch.softmax(t, 1));
  }

  /**
   * The logarithm of softmax of each row of [rows, columns], in its stable form.
   *
   * @return shaped like this
   */
  public Tensor logSoftmax() {
    Tensor room = lent(shape(), layout());
    return room == null
        ? made(torch.log_softmax(t, 1))
        : room.holding(torch.log_softmax_out(room.t, t, 1));
  }

  // ---- in place

  /**
   * Adds factor · other.
   *
   * @param other of a shape that broadcasts to this
   * @param factor of the other
   * @return this
   */
  public Tensor add(Tensor other, double factor) {
    t.add_(other.t, Scalars.of(factor));
    return this;
  }

  /**
   * Multiplies by a number.
   *
   * @param factor the number
   * @return this
   */
  public Tensor multiply(double factor) {
    t.mul_(Scalars.of(factor));
    return this;
  }

  /**
   * Multiplies element by element.
   *
   * @param other of a shape that broadcasts to this
   * @return this
   */
  public Tensor multiply(Tensor other) {
    t.mul_(other.t);
    return this;
  }

  /**
   * Adds factor · a · b, element by element.
   *
   * @param a shaped like this
   * @param b shaped like this
   * @param factor of the product
   * @return this
   */
  public Tensor addTimes(Tensor a, Tensor b, double factor) {
    t.addcmul_(a.t, b.t, Scalars.of(factor));
    return this;
  }

  /**
   * Adds factor · a / b, element by element.
   *
   * @param a shaped like this
   * @param b shaped like this
   * @param factor of the quotient
   * @return this
   */
  public Tensor addOver(Tensor a, Tensor b, double factor) {
    t.addcdiv_(a.t, b.t, Scalars.of(factor));
    return this;
  }

  /**
   * Moves towards another tensor: this + weight · (other − this).
   *
   * @param other shaped like this
   * @param weight 0 stays, 1 becomes the other
   * @return this
   */
  public Tensor approach(Tensor other, double weight) {
    t.lerp_(other.t, Scalars.of(weight));
    return this;
  }

  /**
   * Becomes keep · this + factor · a · b, a matrix product, in one call.
   *
   * @param keep of this
   * @param a {@code [rows, k]}
   * @param b {@code [k, columns]}
   * @param factor of the product
   * @return this, {@code [rows, columns]}
   */
  public Tensor addProduct(double keep, Tensor a, Tensor b, double factor) {
    Meter.product(a, b);
    t.addmm_(a.t, b.t, Scalars.of(keep), Scalars.of(factor));
    return this;
  }

  /**
   * Becomes the matrix product of a and b.
   *
   * @param a {@code [rows, k]}
   * @param b {@code [k, columns]}
   * @return this, {@code [rows, columns]}
   */
  public Tensor setProduct(Tensor a, Tensor b) {
    Meter.product(a, b);
    torch.mm_out(t, a.t, b.t);
    return this;
  }

  /**
   * Becomes the square root of another tensor.
   *
   * @param other shaped like this
   * @return this
   */
  public Tensor setSqrt(Tensor other) {
    torch.sqrt_out(t, other.t);
    return this;
  }

  /**
   * Adds a number to every element.
   *
   * @param term the number
   * @return this
   */
  public Tensor add(double term) {
    t.add_(Scalars.of(term));
    return this;
  }

  /**
   * Adds a whole number to every element; counters in INT64 take no other.
   *
   * @param term the number
   * @return this
   */
  public Tensor add(long term) {
    try (Scalar x = new Scalar(term)) {
      t.add_(x);
    }
    return this;
  }

  /**
   * Takes the numbers of another tensor, converting precision and device.
   *
   * @param other shaped like this
   * @return this
   */
  public Tensor copyFrom(Tensor other) {
    if (!other.shape().equals(shape())) {
      throw new IllegalArgumentException("cannot copy " + other.shape() + " into " + shape());
    }
    t.copy_(other.t);
    return this;
  }

  /**
   * Sets every element.
   *
   * @param value the number
   * @return this
   */
  public Tensor fill(double value) {
    t.fill_(Scalars.of(value));
    return this;
  }

  /** Shape and precision, not the numbers. */
  @Override
  public String toString() {
    return "Tensor" + shape() + " " + precision();
  }

  /** A buffer for a result in this precision; null where the scope lends none. */
  private @Nullable Tensor lent(Shape shape, Layout layout) {
    return t.is_cuda() ? null : Scope.lend(precision(), shape, layout);
  }

  /** This, as libtorch names it that has written into it. */
  private Tensor holding(org.bytedeco.pytorch.Tensor written) {
    if (written.address() != t.address()) {
      throw new IllegalStateException("libtorch wrote into a tensor of its own");
    }
    return this;
  }

  /** This, into whose transposed view libtorch has written. */
  private Tensor filled(org.bytedeco.pytorch.Tensor written) {
    transposed().holding(written);
    return this;
  }

  /** Rises with every change in place, of this tensor or of a view of it. */
  long version() {
    return t._version();
  }

  /** Raises the version: the numbers have been changed by other means than libtorch's. */
  void changed() {
    t.unsafeGetTensorImpl().bump_version();
  }

  static Tensor made(org.bytedeco.pytorch.Tensor t) {
    Scope.require();
    return new Tensor(t);
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(
        tensors.stream().map(x -> x.t).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  private Tensor host(Precision precision) {
    return to(Device.CPU).to(precision).contiguous();
  }

  private static Tensor room(Precision precision, long length, long... axes) {
    Shape shape = Shape.of(axes);
    if (shape.size() != length) {
      throw new IllegalArgumentException(length + " numbers do not fill " + shape);
    }
    Tensor lent = Scope.lend(precision, shape, Layout.ROWS);
    return lent == null ? room(precision, shape) : lent;
  }

  /** A new tensor on the CPU that holds anything. */
  static Tensor room(Precision precision, Shape shape, Layout layout) {
    return switch (layout) {
      case ROWS -> room(precision, shape);
      case COLUMNS -> room(precision, Shape.of(shape.axis(1), shape.axis(0))).paired();
      case CHANNELS_LAST -> room(precision, shape).channelsLast();
    };
  }

  /** Makes the transposed view that lives as long as this, and returns it. */
  Tensor paired() {
    if (transposed == null) {
      transposed = made(t.t());
      transposed.transposed = this;
    }
    return transposed;
  }

  /** A new tensor on the CPU that holds anything. */
  static Tensor room(Precision precision, Shape shape) {
    Scope.require();
    try (TensorOptions options = new TensorOptions(precision.libtorch());
        MemoryFormatOptional format = new MemoryFormatOptional()) {
      return new Tensor(torch.empty(shape.toArray(), options, format));
    }
  }
}
