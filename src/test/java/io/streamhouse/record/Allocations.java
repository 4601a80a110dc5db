package io.streamhouse.record;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** What the calling thread allocates on the heap. */
final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocations() {}

  /** What a validation allocates. */
  static Measured ofValidating(ByteBuffer bytes, BatchLimits limits) {
    InvalidBatchException failure = null;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      BatchValidator.validate(bytes, limits);
    } catch (InvalidBatchException e) {
      failure = e;
    }
    return new Measured(THREADS.getCurrentThreadAllocatedBytes() - before, failure);
  }

  static long bytesOf(Runnable task) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    task.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** How much, and how it ended: null when the batch is valid. */
  record Measured(long bytes, InvalidBatchException failure) {}
}
