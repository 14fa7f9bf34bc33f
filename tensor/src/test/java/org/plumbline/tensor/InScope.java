package org.plumbline.tensor;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Runs every test of a class in a scope of its own: {@code @ExtendWith(InScope.class)}. */
public final class InScope implements BeforeEachCallback, AfterEachCallback {
  private static final Namespace HERE = Namespace.create(InScope.class);

  /** Loaded by JUnit. */
  public InScope() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(HERE).put(context.getUniqueId(), Scope.open());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Scope scope = context.getStore(HERE).remove(context.getUniqueId(), Scope.class);
    if (scope != null) {
      scope.close();
    }
  }
}
