package org.plumbline.tensor;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test, or a test class, that leaves more native objects alive than it found. A service
 * file registers it for every test of every module that has this test-jar; it loads nothing by
 * itself.
 *
 * <p>It stands outside {@code @BeforeEach} and {@code @AfterEach}, so a scope opened in the one and
 * closed in the other is fine. The count is of the whole process: tests run one after the other.
 */
public final class LeakGate
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Namespace HERE = Namespace.create(LeakGate.class);
  private static volatile String watched = "";

  /** Loaded by JUnit. */
  public LeakGate() {}

  /** What was alive at one moment. */
  public record Count(long before) {
    /** The count now: zero before libtorch is loaded, which this does not do. */
    public static Count now() {
      return new Count(Libtorch.loaded() ? Scope.live() : 0);
    }

    /** Throws if more is alive than then. */
    public void requireNoMore(String who) {
      long left = now().before - before;
      if (left > 0) {
        throw new AssertionError(
            who
                + " leaves "
                + left
                + " native objects alive; make tensors inside try (var _ = Scope.open()) { … }");
      }
    }
  }

  /** The unique id of the test that the gate watches now; proof that it is switched on. */
  public static String watched() {
    return watched;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    watched = context.getUniqueId();
    start(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    watched = "";
    end(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    end(context);
  }

  private static void start(ExtensionContext context) {
    context.getStore(HERE).put(context.getUniqueId(), Count.now());
  }

  private static void end(ExtensionContext context) {
    Count count = context.getStore(HERE).remove(context.getUniqueId(), Count.class);
    if (count != null) {
      count.requireNoMore(context.getDisplayName());
    }
  }
}
