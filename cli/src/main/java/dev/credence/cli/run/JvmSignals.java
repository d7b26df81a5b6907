package dev.credence.cli.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/// The JVM's own way to be told of signals, `sun.misc.Signal` of the module jdk.unsupported. There
/// is no other one; it is reached by reflection, since the compiler warns of each use by name.
/// Until it is closed, a consumer gets each signal's name and number, on a thread of its own.
final class JvmSignals implements AutoCloseable {
  private final List<Runnable> restored = new ArrayList<>();

  /// @param names without SIG; those that the JVM keeps for itself are left out
  JvmSignals(List<String> names, ObjIntConsumer<String> consumer) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      Method number = signal.getMethod("getNumber");
      for (String name : names) {
        Object own =
            Proxy.newProxyInstance(
                JvmSignals.class.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "handle" -> {
                        consumer.accept(name, (Integer) number.invoke(arguments[0]));
                        yield null;
                      }
                      case "equals" ->
                          System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                      case "hashCode" -> System.identityHashCode(proxy);
                      default -> "handler of SIG" + name;
                    });
        set(handle, signal, name, own);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not tell of signals", e);
    }
  }

  private void set(Method handle, Class<?> signal, String name, Object own)
      throws ReflectiveOperationException {
    try {
      Object which = signal.getConstructor(String.class).newInstance(name);
      Object before = handle.invoke(null, which, own);
      restored.add(() -> restore(handle, which, before));
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw e;
      }
    }
  }

  private static void restore(Method handle, Object signal, Object before) {
    try {
      var _ = handle.invoke(null, signal, before);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a signal's handler cannot be restored", e);
    }
  }

  /// As it was before. Idempotent.
  @Override
  public void close() {
    restored.forEach(Runnable::run);
    restored.clear();
  }
}
