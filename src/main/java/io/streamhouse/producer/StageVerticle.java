package io.streamhouse.producer;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * A stage with the stage upstream of it as its child. Vert.x undeploys children first: what is upstream drains into a
 * stage that still works, whichever way the undeployment begins.
 */
final class StageVerticle implements Deployable {
  private final Deployable stage;
  private final Supplier<Future<?>> upstream;

  StageVerticle(Deployable stage, Supplier<Future<?>> upstream) {
    this.stage = stage;
    this.upstream = upstream;
  }

  @Override
  public Future<?> deploy(Context context) throws Exception {
    return stage.deploy(context).compose(v -> upstream.get());
  }

  @Override
  public Future<?> undeploy(Context context) throws Exception {
    return stage.undeploy(context);
  }
}
