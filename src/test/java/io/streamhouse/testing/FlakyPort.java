package io.streamhouse.testing;

import io.streamhouse.common.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.function.Function;

/**
 * The way from one agent to a store, on virtual time: calls and answers take a while, overtake each other, get lost, and
 * end for good when the agent is cut off.
 */
public final class FlakyPort {
  private static final int USUAL_DELAY_MS = 15;
  private static final int RARE_DELAY_MS = 700;

  private final Scheduler time;
  private final Random random;
  private double lossRate;
  private boolean cut;

  public FlakyPort(Scheduler time, Random random) {
    this.time = time;
    this.random = random;
  }

  /** How many of the calls get lost, before or after they have happened: 0 to 1. */
  public void setLossRate(double lossRate) {
    this.lossRate = lossRate;
  }

  /** Calls do not arrive any more, nor do answers: the agent is dead to the store. */
  public void cut() {
    cut = true;
  }

  /**
   * A store as seen through this.
   *
   * @param failure what the caller is told when a call is lost, from the name of the method
   */
  public <T> T to(Class<T> port, T store, Function<String, Throwable> failure) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(),
        new Class<?>[] {port},
        (proxy, method, arguments) -> method.getReturnType() == Future.class
            ? call(store, method, arguments, failure)
            : invoke(store, method, arguments)));
  }

  private Future<Object> call(
      Object store, Method method, Object[] arguments, Function<String, Throwable> failure) {
    Promise<Object> answer = Promise.promise();
    boolean lost = random.nextDouble() < lossRate;
    boolean happens = !lost || random.nextBoolean();
    time.schedule(delayMs(), () -> {
      if (cut) {
        return;
      }
      Future<Object> done = happens ? future(store, method, arguments) : Future.succeededFuture();
      done.onComplete(result -> time.schedule(delayMs(), () -> {
        if (cut) {
          return;
        }
        if (lost) {
          answer.fail(failure.apply(method.getName()));
        } else {
          answer.handle(result);
        }
      }));
    });
    return answer.future();
  }

  private int delayMs() {
    return random.nextInt(50) == 0 ? random.nextInt(RARE_DELAY_MS) : random.nextInt(USUAL_DELAY_MS);
  }

  @SuppressWarnings("unchecked")
  private static Future<Object> future(Object store, Method method, Object[] arguments) {
    return (Future<Object>) invoke(store, method, arguments);
  }

  private static Object invoke(Object store, Method method, Object[] arguments) {
    try {
      return method.invoke(store, arguments);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
