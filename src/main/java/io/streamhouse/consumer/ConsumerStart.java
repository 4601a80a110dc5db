package io.streamhouse.consumer;

import io.streamhouse.ConsumerOptions;
import io.streamhouse.ErrorCode;
import io.streamhouse.StartPosition;
import io.streamhouse.StreamHouseException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Finds out what there is to read, where it begins and, for a consumer that does not follow, where it ends. */
final class ConsumerStart {
  private final ConsumerOptions options;
  private final FetchTransport transport;
  private final Retrier retrier;

  /**
   * What a consumer begins with.
   *
   * @param layout the topic
   * @param cursors in the order of partitions
   */
  record Start(TopicLayout layout, List<PartitionCursor> cursors) {}

  ConsumerStart(ConsumerOptions options, FetchTransport transport, Retrier retrier) {
    this.options = options;
    this.transport = transport;
    this.retrier = retrier;
  }

  Future<Start> run() {
    return retrier.run(() -> transport.lookup(options.getTopic())).compose(layout -> {
      List<Integer> partitions = options.getPartitions().isEmpty()
          ? IntStream.range(0, layout.partitionCount()).boxed().toList()
          : options.getPartitions();
      int highest = partitions.get(partitions.size() - 1);
      if (highest >= layout.partitionCount()) {
        return Future.failedFuture(unknownPartition(highest, layout.partitionCount()));
      }
      return ends(partitions).compose(ends -> offsets(partitions, options.getStartPosition())
          .map(starts -> new Start(layout, cursors(partitions, starts, ends))));
    });
  }

  /** The offsets of a position in partitions. */
  Future<Map<Integer, Long>> offsets(List<Integer> partitions, StartPosition position) {
    if (!(position instanceof StartPosition.Offsets given)) {
      return list(partitions, position);
    }
    for (int partition : given.offsets().keySet()) {
      if (!partitions.contains(partition)) {
        return Future.failedFuture(StreamHouseException.of(
            ErrorCode.UNKNOWN_PARTITION,
            "an offset is given for partition " + partition + " of topic '" + options.getTopic()
                + "', which is not read"));
      }
    }
    List<Integer> others =
        partitions.stream().filter(p -> !given.offsets().containsKey(p)).toList();
    Future<Map<Integer, Long>> rest = others.isEmpty()
        ? Future.succeededFuture(Map.of())
        : list(others, StartPosition.earliest());
    return rest.map(listed -> {
      Map<Integer, Long> all = new HashMap<>(listed);
      all.putAll(given.offsets());
      return all;
    });
  }

  private Future<Map<Integer, Long>> ends(List<Integer> partitions) {
    return options.isFollow()
        ? Future.succeededFuture(Map.of())
        : list(partitions, StartPosition.latest());
  }

  private Future<Map<Integer, Long>> list(List<Integer> partitions, StartPosition position) {
    return retrier
        .run(() -> transport.listOffsets(options.getTopic(), partitions, position))
        .compose(offsets -> offsets.keySet().containsAll(partitions)
            ? Future.succeededFuture(offsets)
            : Future.failedFuture(StreamHouseException.of(
                ErrorCode.INTERNAL,
                "the agent's answer lacks offsets of topic '" + options.getTopic() + "'")));
  }

  private List<PartitionCursor> cursors(
      List<Integer> partitions, Map<Integer, Long> starts, Map<Integer, Long> ends) {
    List<PartitionCursor> cursors = new ArrayList<>();
    for (int partition : partitions) {
      long start = starts.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, PartitionCursor.NO_END);
      boolean given = options.getStartPosition() instanceof StartPosition.Offsets;
      // The end was looked up first; a start that was looked up may by now lie behind it.
      PartitionCursor cursor =
          new PartitionCursor(partition, given ? start : Math.min(start, end), end);
      if (given && start > end) {
        cursor.fail(StreamHouseException.of(
            ErrorCode.OFFSET_OUT_OF_RANGE,
            options.getTopic() + "-" + partition + " ends at offset " + end + ", before offset "
                + start));
      }
      cursors.add(cursor);
    }
    return cursors;
  }

  private StreamHouseException unknownPartition(int partition, int partitionCount) {
    return StreamHouseException.of(
        ErrorCode.UNKNOWN_PARTITION,
        "Partition " + partition + " does not exist for topic '" + options.getTopic() + "' (0.."
            + (partitionCount - 1) + ")");
  }
}
