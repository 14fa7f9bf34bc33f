package org.plumbline.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ctrl-C and {@code kill}: the first asks to stop, the second ends the process at once.
 *
 * <p>Java has no public way to catch a signal twice, and the compiler warns of {@code
 * sun.misc.Signal} in a way that cannot be suppressed; hence reflection. Where that fails a signal
 * simply ends the process: a run can be resumed from its last checkpoint all the same.
 */
final class StopSignals implements AutoCloseable {
  private static final int BASE = 128;

  private final AtomicInteger first = new AtomicInteger();
  private final Map<Object, Object> before = new LinkedHashMap<>();

  private StopSignals() {}

  /** Listens from now on. */
  @SuppressWarnings("ReferenceEquality") // what equals means for a proxy
  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> signals.heard(number(arguments[0]));
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "stop";
                  });
      for (String name : new String[] {"INT", "TERM"}) {
        Object signal = signal().getConstructor(String.class).newInstance(name);
        signals.before.put(signal, handle(signal, ours));
      }
    } catch (ReflectiveOperationException e) {
      signals.close();
    }
    return signals;
  }

  /** Whether one was heard. */
  boolean requested() {
    return first.get() != 0;
  }

  /** What the process ends with after stopping: 130 for Ctrl-C, 143 for {@code kill}. */
  int exitCode() {
    return BASE + first.get();
  }

  /** Signals do again what they did before. */
  @Override
  public void close() {
    before.forEach((signal, handler) -> {
      try {
        handle(signal, handler);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    });
    before.clear();
  }

  private Object heard(int number) {
    if (!first.compareAndSet(0, number)) {
      Runtime.getRuntime().halt(BASE + number);
    }
    return this;
  }

  private static int number(Object signal) throws ReflectiveOperationException {
    return (int) signal().getMethod("getNumber").invoke(signal);
  }

  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    Method handle = signal().getMethod("handle", signal(), type);
    return handle.invoke(handle, signal, handler);
  }

  private static Class<?> signal() throws ClassNotFoundException {
    return Class.forName("sun.misc.Signal");
  }
}
