package org.plumbline.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/**
 * Scaled dot-product attention in several heads, as batched products, with the exact derivative.
 *
 * <pre>
 *   S = Q Kᵀ / √d + mask      P = softmax(S)      O = P V          in every head of every sequence
 *   gV = Pᵀ gO   gP = gO Vᵀ   gS = P ∘ (gP − rows of Σ P ∘ gP)   gQ = gS K / √d   gK = gSᵀ Q / √d
 * </pre>
 *
 * <p>Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>. A row is
 * a token, and {@code context} rows one behind the other are a sequence. The numbers are laid out
 * by head once on the way in and once on the way out, and are copied nowhere else.
 *
 * @param heads of which each has an equal part of the columns
 * @param context tokens of a sequence
 * @param seen by a token
 */
public record Attention(long heads, long context, Seen seen) {
  /** Added to what a token must not see: e to it is 0, and a row of nothing else stays finite. */
  private static final double HIDDEN = -1e30;

  /** Which tokens a token sees. */
  public enum Seen {
    /** Itself and those before it. */
    EARLIER,
    /** All of its sequence. */
    ALL
  }

  /**
   * What a pass made.
   *
   * @param output {@code [batch · context, width]}
   * @param parts queries, keys and values, {@code [3, batch · heads, context, width / heads]}
   * @param shares P, {@code [batch · heads, context, context]}
   */
  public record Attended(Tensor output, Tensor parts, Tensor shares) {}

  /**
   * What is added to scores so that nobody sees later tokens.
   *
   * @param like has the precision and the device
   * @return {@code [1, context, context]}; nothing where all is seen
   */
  public Optional<Tensor> mask(Tensor like) {
    if (seen == Seen.ALL) {
      return Optional.empty();
    }
    double[] mask = new double[Math.toIntExact(context * context)];
    for (int i = 0; i < context; i++) {
      for (int j = i + 1; j < context; j++) {
        mask[(int) (i * context + j)] = HIDDEN;
      }
    }
    return Optional.of(Tensor.of(mask, 1, context, context).to(like.precision()).to(like.device()));
  }

  /**
   * Attends.
   *
   * @param input queries, keys and values beside each other, {@code [batch · context, 3 · width]}
   * @param mask as {@link #mask} gave it
   * @param real 1 for a token, 0 for padding, which nobody sees: {@code [batch · context, 1]}
   * @return what every token gathered
   */
  public Attended of(Tensor input, Optional<Tensor> mask, Optional<Tensor> real) {
    Tensor parts = byHead(input, 3);
    var q = part(parts, 0);
    var k = part(parts, 1).transpose(1, 2);
    count(parts, 2);
    double scale = scale(parts);
    var scores =
        mask.isPresent()
            ? torch.baddbmm(mask.get().t, q, k, Scalars.of(1), Scalars.of(scale))
            : q.bmm(k).mul_(Scalars.of(scale));
    if (real.isPresent()) {
      // 0 for a token, HIDDEN for padding, beside all queries of its sequence
      var unseen = real.get().t.sub(Scalars.of(1)).mul_(Scalars.of(-HIDDEN));
      scores.view(-1, heads * context, context).add_(unseen.reshape(-1, 1, context));
    }
    Tensor shares = Tensor.made(torch.softmax(scores, 2));
    return new Attended(together(shares.t.bmm(part(parts, 2)), 1), parts, shares);
  }

  /**
   * The signal carried back.
   *
   * @param signal {@code [batch · context, width]}
   * @param pass what {@link #of} gave
   * @return {@code [batch · context, 3 · width]}
   */
  public Tensor through(Tensor signal, Attended pass) {
    var g = part(byHead(signal, 1), 0);
    var p = pass.shares.t;
    count(pass.parts, 4);
    var carried = torch.empty_like(pass.parts.t);
    torch.bmm_out(part(carried, 2), p.transpose(1, 2), g);
    var gs = throughSoftmax(g.bmm(part(pass.parts, 2).transpose(1, 2)), p);
    gs.mul_(Scalars.of(scale(pass.parts)));
    torch.bmm_out(part(carried, 0), gs, part(pass.parts, 1));
    torch.bmm_out(part(carried, 1), gs.transpose(1, 2), part(pass.parts, 0));
    return together(carried, 3);
  }

  /**
   * The change of the output for a small change of the input.
   *
   * @param tangent {@code [batch · context, 3 · width]}
   * @param pass what {@link #of} gave
   * @return {@code [batch · context, width]}
   */
  public Tensor along(Tensor tangent, Attended pass) {
    Tensor t = byHead(tangent, 3);
    var p = pass.shares.t;
    count(pass.parts, 6);
    var ds = part(t, 0).bmm(part(pass.parts, 1).transpose(1, 2));
    ds.add_(part(pass.parts, 0).bmm(part(t, 1).transpose(1, 2)));
    ds.mul_(Scalars.of(scale(pass.parts)));
    var gathered = throughSoftmax(ds, p).bmm(part(pass.parts, 2)); // its derivative is symmetric
    return together(gathered.add_(p.bmm(part(t, 2))), 1);
  }

  /** p ∘ (g − Σ p ∘ g), in the memory of g. */
  private static org.bytedeco.pytorch.Tensor throughSoftmax(
      org.bytedeco.pytorch.Tensor g, org.bytedeco.pytorch.Tensor p) {
    g.mul_(p);
    var sums = g.sum(2).unsqueeze(2);
    return g.addcmul_(p, sums, Scalars.of(-1));
  }

  private static double scale(Tensor parts) {
    return 1 / Math.sqrt((double) parts.size(3));
  }

  /** Columns {@code [batch · context, n · width]} as {@code [n, batch · heads, context, …]}. */
  private Tensor byHead(Tensor input, long n) {
    long batch = input.size(0) / context;
    long each = input.size(1) / (n * heads);
    return Tensor.made(
        input
            .t
            .reshape(batch, context, n, heads, each)
            .permute(2, 0, 3, 1, 4)
            .contiguous()
            .view(n, batch * heads, context, each));
  }

  /** {@link #byHead} undone. */
  private Tensor together(org.bytedeco.pytorch.Tensor byHead, long n) {
    long each = byHead.size(byHead.dim() - 1);
    long batch = byHead.numel() / (n * heads * context * each);
    return Tensor.made(
        byHead
            .view(n, batch, heads, context, each)
            .permute(1, 3, 0, 2, 4)
            .reshape(batch * context, n * heads * each));
  }

  private static org.bytedeco.pytorch.Tensor part(Tensor parts, long index) {
    return part(parts.t, index);
  }

  private static org.bytedeco.pytorch.Tensor part(org.bytedeco.pytorch.Tensor parts, long index) {
    return parts.select(0, index);
  }

  private void count(Tensor parts, long products) {
    Meter.batched(products * parts.size(1), context, parts.size(3), context);
  }
}
