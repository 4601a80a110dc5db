package io.streamhouse.storage.file;

import io.streamhouse.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that writes objects until it is killed, and prints each key once it is acknowledged. */
final class ObjectWriter {
  static final int SIZE = 200_000;

  private ObjectWriter() {}

  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    FileObjectStore.open(vertx, Path.of(args[0])).onSuccess(store -> {
      AtomicInteger next = new AtomicInteger();
      for (int i = 0; i < 8; i++) {
        write(store, next);
      }
    });
    // Until somebody closes our input, if nobody kills us before.
    System.in.read();
    System.exit(0);
  }

  private static Future<Void> write(ObjectStore store, AtomicInteger next) {
    int number = next.getAndIncrement();
    String key = "dir-" + number % 10 + "/" + number;
    return store
        .putIfAbsent(key, List.of(ByteBuffer.wrap(content(number))))
        .compose(done -> {
          System.out.println(key);
          return write(store, next);
        })
        .onFailure(failure -> Runtime.getRuntime().halt(1));
  }

  static byte[] content(int number) {
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }
}
