package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * Random feedback matrices that never change: kept, or drawn anew from the seed each time one is
 * needed, which stores nothing.
 */
sealed interface Matrices {
  /** Draws one matrix. */
  interface Draw {
    /**
     * Draws.
     *
     * @param seed of the rule; a matrix takes a child of its own
     * @param index from 0
     * @return {@code [from, to]}, any precision
     */
    Tensor matrix(Seed seed, int index);
  }

  /**
   * One matrix.
   *
   * @param index from 0
   * @return {@code [from, to]}; if it is drawn anew, it lives in the open scope
   */
  Tensor get(int index);

  /** How many there are. */
  int size();

  /**
   * What arrives through one matrix.
   *
   * @param index from 0
   * @param heard what is broadcast, {@code [batch, from]}
   * @return heard · B, {@code [batch, to]}
   */
  default Tensor sent(int index, Tensor heard) {
    return heard.matmul(get(index));
  }

  /**
   * What arrives through every matrix.
   *
   * @param heard what is broadcast, {@code [batch, from]}
   * @return heard · B of each, {@code [batch, to]}
   */
  default List<Tensor> sent(Tensor heard) {
    return IntStream.range(0, size()).mapToObj(i -> sent(i, heard)).toList();
  }

  /**
   * Some rows of one matrix.
   *
   * @param index from 0
   * @param places which, {@code [batch]}, INT64
   * @return {@code [batch, to]}, not a view
   */
  default Tensor rows(int index, Tensor places) {
    return get(index).rowsAt(places);
  }

  /** What a checkpoint must hold. */
  Map<String, Tensor> state();

  /** Every matrix. */
  default List<Tensor> all() {
    return IntStream.range(0, size()).mapToObj(this::get).toList();
  }

  /**
   * B_1 … B_{L−1}, {@code [outputs, n_l]}, one for each hidden block.
   *
   * @param law of their entries; block l is drawn with child l of the seed
   */
  static Matrices direct(Network network, FeedbackLaw law, Storage storage, Seed seed) {
    Matrices each =
        of(
            network.parameters().getFirst().value(),
            IntStream.rangeClosed(1, network.hidden()).mapToObj(l -> "feedback." + l).toList(),
            storage,
            seed,
            (s, i) ->
                law.draw(s.child(i + 1L), network.outputs(), network.width(i), network.widest()));
    return each instanceof Stored stored ? stored.joined(network) : each;
  }

  /**
   * B_1 … B_{L−1} in a form, one for each hidden block.
   *
   * @param law of their entries; block l is drawn with child l of the seed
   * @param form full, or one column a channel, of either size
   */
  static Matrices direct(Network network, FeedbackLaw law, Storage storage, Form form, Seed seed) {
    if (form == Form.FULL) {
      return direct(network, law, storage, seed);
    }
    List<Long> channels =
        IntStream.range(0, network.hidden()).mapToObj(i -> network.map(i).axis(0)).toList();
    Matrices columns =
        of(
            network.parameters().getFirst().value(),
            IntStream.rangeClosed(1, network.hidden()).mapToObj(l -> "feedback." + l).toList(),
            storage,
            seed,
            (s, i) ->
                law.channels(
                    s.child(i + 1L),
                    network.outputs(),
                    channels.get(i),
                    form == Form.KERNEL ? channels.get(i) : network.width(i),
                    network.widest()));
    return new PerChannel(
        columns,
        IntStream.range(0, network.hidden())
            .mapToObj(i -> network.width(i) / channels.get(i))
            .toList());
  }

  /**
   * B_1 … B_{L−1} of low rank, kept as two factors each.
   *
   * @param law of the entries of the factors; those of the product have its size
   * @param rank r, at least 1
   */
  static Matrices lowRank(Network network, FeedbackLaw law, int rank, Storage storage, Seed seed) {
    long outputs = network.outputs();
    return new LowRank(
        of(
            network.parameters().getFirst().value(),
            LowRank.names(network.hidden()),
            storage,
            seed,
            (s, i) -> {
              Seed own = s.child(i / 2 + 1L);
              return i % 2 == 0
                  ? law.left(own, outputs, rank)
                  : law.right(own, outputs, rank, network.width(i / 2), network.widest());
            }));
  }

  /**
   * Any matrices.
   *
   * @param like has their precision and device
   * @param names one a matrix, as they are called in a checkpoint
   */
  static Matrices of(Tensor like, List<String> names, Storage storage, Seed seed, Draw draw) {
    Draw converted = (s, i) -> draw.matrix(s, i).to(like.precision()).to(like.device());
    return switch (storage) {
      case REGENERATED ->
          new Regenerated(names.size(), Tensor.of(new long[] {seed.key()}, 1), converted);
      case STORED -> {
        List<Tensor> kept = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
          kept.add(converted.matrix(seed, i));
        }
        yield new Stored(names, List.copyOf(kept));
      }
    };
  }

  /** In memory. */
  record Stored(List<String> names, List<Tensor> matrices) implements Matrices {
    /** The same where every block has rows of numbers, not maps: sent by one product. */
    Matrices joined(Network network) {
      boolean rows = IntStream.range(0, network.hidden()).allMatch(i -> network.map(i).rank() == 1);
      return rows && size() > 0 ? Joined.of(this) : this;
    }

    @Override
    public Tensor get(int index) {
      return matrices.get(index);
    }

    @Override
    public int size() {
      return matrices.size();
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (int i = 0; i < matrices.size(); i++) {
        state.put(names.get(i), matrices.get(i));
      }
      return state;
    }
  }

  /**
   * In memory one below the other, as one matrix {@code [to_1 + … + to_n, from]}: a single product
   * sends what is heard through all of them.
   *
   * @param whole B_1ᵀ, B_2ᵀ, …
   * @param stored views of it
   */
  record Joined(Tensor whole, Stored stored) implements Matrices {
    static Joined of(Stored apart) {
      Tensor first = apart.get(0);
      long all = apart.matrices().stream().mapToLong(b -> b.size(1)).sum();
      Tensor whole = Tensor.zeros(first.precision(), all, first.size(0)).to(first.device());
      List<Tensor> views = new ArrayList<>();
      long at = 0;
      for (Tensor b : apart.matrices()) {
        views.add(whole.rows(at, b.size(1)).transposed().copyFrom(b));
        at += b.size(1);
      }
      return new Joined(whole, new Stored(apart.names(), List.copyOf(views)));
    }

    @Override
    public Tensor get(int index) {
      return stored.get(index);
    }

    @Override
    public int size() {
      return stored.size();
    }

    @Override
    public List<Tensor> sent(Tensor heard) {
      Tensor arrived = heard.linear(whole);
      Meter.readAgain(heard, size() - 1L);
      List<Tensor> each = new ArrayList<>(size());
      long at = 0;
      for (Tensor b : stored.matrices()) {
        each.add(arrived.columns(at, b.size(1)));
        at += b.size(1);
      }
      return each;
    }

    @Override
    public Map<String, Tensor> state() {
      return stored.state();
    }
  }

  /** Drawn at every use; {@code key} is the seed, INT64 {@code [1]}. */
  record Regenerated(int size, Tensor key, Draw draw) implements Matrices {
    @Override
    public Tensor get(int index) {
      return draw.matrix(new Seed(key.toLongs()[0]), index);
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("seed", key);
    }
  }

  /**
   * One column a channel, which all its places share: constant over space.
   *
   * @param channels {@code [from, channels]} each
   * @param places of a channel, for each matrix; 1 where rows of numbers are told
   */
  record PerChannel(Matrices channels, List<Long> places) implements Matrices {
    @Override
    public Tensor get(int index) {
      return spread(channels.get(index), index);
    }

    @Override
    public int size() {
      return channels.size();
    }

    @Override
    public Tensor sent(int index, Tensor heard) {
      return spread(channels.sent(index, heard), index);
    }

    @Override
    public Tensor rows(int index, Tensor at) {
      return spread(channels.rows(index, at), index);
    }

    /** Every number at all places of its channel: {@code [rows, to]}. */
    private Tensor spread(Tensor numbers, int index) {
      long p = places.get(index);
      if (p == 1) {
        return numbers;
      }
      long rows = numbers.size(0);
      Tensor space = Tensor.zeros(numbers.precision(), 1, 1, p).to(numbers.device());
      return space.plus(numbers.reshaped(rows, -1, 1)).reshaped(rows, -1);
    }

    @Override
    public Map<String, Tensor> state() {
      return channels.state();
    }
  }

  /**
   * Products of two factors, never multiplied out on the way: (heard · u) w.
   *
   * @param factors u {@code [from, r]} and w {@code [r, to]} of each, in turn
   */
  record LowRank(Matrices factors) implements Matrices {
    /** The factors' names in a checkpoint. */
    static List<String> names(int matrices) {
      return IntStream.rangeClosed(1, matrices)
          .boxed()
          .flatMap(l -> Stream.of("feedback." + l + ".left", "feedback." + l + ".right"))
          .toList();
    }

    @Override
    public Tensor get(int index) {
      return factors.get(2 * index).matmul(factors.get(2 * index + 1));
    }

    @Override
    public int size() {
      return factors.size() / 2;
    }

    @Override
    public Tensor sent(int index, Tensor heard) {
      return factors.sent(2 * index + 1, factors.sent(2 * index, heard));
    }

    @Override
    public Map<String, Tensor> state() {
      return factors.state();
    }
  }
}
