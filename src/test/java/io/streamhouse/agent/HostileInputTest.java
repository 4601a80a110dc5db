package io.streamhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.streamhouse.common.AgentAddress;
import io.streamhouse.proto.v1.FetchPartition;
import io.streamhouse.proto.v1.FetchRequest;
import io.streamhouse.proto.v1.FetchServiceGrpcClient;
import io.streamhouse.proto.v1.LookupLeasesRequest;
import io.streamhouse.proto.v1.MetadataServiceGrpcClient;
import io.streamhouse.proto.v1.ProduceBatch;
import io.streamhouse.proto.v1.ProduceResult;
import io.streamhouse.proto.v1.ProduceStreamRequest;
import io.streamhouse.proto.v1.ProduceStreamResponse;
import io.streamhouse.proto.v1.ProducerServiceGrpcClient;
import io.streamhouse.record.Compression;
import io.streamhouse.record.Forge;
import io.streamhouse.record.RecordBatch;
import io.streamhouse.record.RecordBatchBuilder;
import io.streamhouse.rpc.AgentClient;
import io.streamhouse.testing.TestStack;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What strangers send: each gets a precise answer, nothing of it is stored, and its neighbours go on. */
class HostileInputTest {
  private static TestStack stack;
  private static AgentAddress agent;
  private static AgentClient client;
  private static ByteString topicId;

  @BeforeAll
  static void start() {
    stack = new TestStack();
    agent =
        stack.startAgent(stack.agentOptions().setUncompressedBytesMax(10 << 20)).address();
    stack.createTopic("victim", 1);
    client = AgentClient.create(stack.vertx());
    topicId = TestStack.await(client.call(
            agent,
            MetadataServiceGrpcClient.LookupLeases,
            LookupLeasesRequest.newBuilder().addTopics("victim").build(),
            10_000))
        .getTopics(0)
        .getTopicId();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @TestFactory
  Stream<DynamicTest> aBatchNobodyHonestWouldSendIsRefusedAloneInItsStream() {
    return hostileBatches().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
          Hostile hostile = entry.getValue();
          long before = endOffset();
          List<ProduceResult> results = produce(List.of(
              batch(
                  1, topicId, 0, UnsafeByteOperations.unsafeWrap(Forge.valid(1, Compression.NONE))),
              hostile.batch,
              batch(
                  3,
                  topicId,
                  0,
                  UnsafeByteOperations.unsafeWrap(Forge.valid(1, Compression.ZSTD)))));
          Map<Long, ProduceResult> byId = new LinkedHashMap<>();
          results.forEach(result -> byId.put(result.getCorrelationId(), result));

          assertThat(byId.get(1L).hasError()).as("the batch before").isFalse();
          assertThat(byId.get(3L).hasError()).as("the batch behind").isFalse();
          assertThat(byId.get(2L).getError().getCode()).isEqualTo(hostile.code);
          assertThat(byId.get(2L).getError().getMessage()).containsIgnoringCase(hostile.message);
          assertThat(byId.get(2L).getError().getMayHaveBeenWritten()).isFalse();
          assertThat(endOffset()).as("only the neighbours are stored").isEqualTo(before + 2);
        }));
  }

  private record Hostile(ProduceBatch batch, String code, String message) {}

  private static Map<String, Hostile> hostileBatches() {
    Map<String, Hostile> all = new LinkedHashMap<>();
    hostile(all, "no bytes at all", ByteBuffer.allocate(0), "CORRUPT_BATCH", "");
    hostile(all, "three bytes", ByteBuffer.wrap(new byte[] {1, 2, 3}), "CORRUPT_BATCH", "");
    hostile(
        all, "a truncated header", cut(Forge.valid(1, Compression.NONE), 40), "CORRUPT_BATCH", "");
    hostile(
        all, "truncated records", cut(Forge.valid(5, Compression.NONE), 70), "CORRUPT_BATCH", "");
    hostile(all, "a wrong checksum", flipped(), "CORRUPT_BATCH", "crc");
    hostile(all, "an old magic", changed(b -> b.put(16, (byte) 1)), "INVALID_ARGUMENT", "magic");
    hostile(
        all,
        "an unknown compression",
        changed(b -> b.putShort(21, (short) 7)),
        "INVALID_ARGUMENT",
        "compression");
    hostile(
        all,
        "a control batch",
        changed(b -> b.putShort(21, (short) 32)),
        "INVALID_ARGUMENT",
        "control");
    hostile(
        all, "a length that lies", changed(b -> b.putInt(8, 1 << 30)), "CORRUPT_BATCH", "length");
    hostile(all, "a negative length", changed(b -> b.putInt(8, -5)), "CORRUPT_BATCH", "length");
    hostile(all, "a record count that lies", changed(b -> b.putInt(57, 1000)), "CORRUPT_BATCH", "");
    hostile(all, "a negative record count", changed(b -> b.putInt(57, -1)), "CORRUPT_BATCH", "");
    hostile(all, "an offset delta that lies", changed(b -> b.putInt(23, 7)), "CORRUPT_BATCH", "");
    hostile(all, "half a producer", changed(b -> b.putLong(43, 5)), "CORRUPT_BATCH", "producer");
    hostile(
        all,
        "a timestamp maximum that lies",
        changed(b -> b.putLong(35, Long.MAX_VALUE)),
        "CORRUPT_BATCH",
        "timestamp");
    hostile(all, "two batches in one", twice(), "CORRUPT_BATCH", "");
    hostile(all, "a decompression bomb (zstd)", bomb(Compression.ZSTD), "RECORD_TOO_LARGE", "");
    hostile(all, "a decompression bomb (gzip)", bomb(Compression.GZIP), "RECORD_TOO_LARGE", "");
    hostile(all, "ten thousand headers", tenThousandHeaders(), "RECORD_TOO_LARGE", "header");
    hostile(all, "a header key that is no UTF-8", badHeaderKey(), "CORRUPT_BATCH", "utf-8");
    ByteString valid = UnsafeByteOperations.unsafeWrap(Forge.valid(1, Compression.NONE));
    all.put(
        "a topic id of three bytes",
        new Hostile(
            batch(2, ByteString.copyFromUtf8("abc"), 0, valid),
            "INVALID_ARGUMENT",
            "topic_id must be 16 bytes"));
    all.put(
        "a topic id that does not exist",
        new Hostile(
            batch(2, ByteString.copyFrom(new byte[16]), 0, valid),
            "UNKNOWN_TOPIC",
            "does not exist"));
    all.put(
        "a partition that does not exist",
        new Hostile(
            batch(2, topicId, 1, valid),
            "UNKNOWN_PARTITION",
            "Partition 1 does not exist for topic 'victim' (0..0)"));
    all.put(
        "a negative partition",
        new Hostile(
            batch(2, topicId, -1, valid), "UNKNOWN_PARTITION", "Partition -1 does not exist"));
    ByteBuffer unknownProducer = Forge.valid(1, Compression.NONE);
    RecordBatch.at(unknownProducer, 0).stampProducer(1L << 60, 0, 0);
    hostile(
        all,
        "a producer id that was never given",
        unknownProducer,
        "UNKNOWN_PRODUCER",
        "InitProducer");
    return all;
  }

  @Test
  void aMessageThatIsNoProtobufIsAnInvalidArgument() throws Exception {
    assertThat(rawCall("ProducerService/Produce", frame(0, bytes(0xff, 0xff, 0xff)), null))
        .isEqualTo("3");
    assertThat(
            rawCall("MetadataService/CreateTopic", frame(0, bytes(0x0a, 0x02, 0xc3, 0x28)), null))
        .as("a name that is no UTF-8")
        .isEqualTo("3");
    assertThat(rawCall("ProducerService/ProduceStream", frame(0, bytes(0xff, 0xff, 0xff)), null))
        .isEqualTo("3");
  }

  @Test
  void aCallWithoutAMessageIsAnInvalidArgument() throws Exception {
    assertThat(rawCall("ProducerService/Produce", Buffer.buffer(), null)).isEqualTo("3");
  }

  @Test
  void compressedMessagesAreRefusedBeforeTheyAreInflated() throws Exception {
    assertThat(rawCall("ProducerService/Produce", frame(1, bytes(1, 2, 3)), "gzip"))
        .isEqualTo("12");
    assertThat(rawCall("ProducerService/Produce", frame(1, bytes(1, 2, 3)), "snappy"))
        .isEqualTo("12");
  }

  @Test
  void aMessageAboveTheLimitIsRefused() throws Exception {
    assertThat(rawCall("ProducerService/Produce", frame(0, new byte[12 << 20]), null))
        .isIn("3", "8");
  }

  @Test
  void aFetchOutOfRangeOrOfNonsenseIsRefused() {
    assertThat(fetchError(FetchPartition.newBuilder().setTopic("victim").setOffset(1L << 40)))
        .isEqualTo("OFFSET_OUT_OF_RANGE");
    assertThat(fetchError(FetchPartition.newBuilder().setTopic("victim").setPartition(3)))
        .isEqualTo("UNKNOWN_PARTITION");
    assertThat(fetchError(FetchPartition.newBuilder().setTopic("nobody")))
        .isEqualTo("UNKNOWN_TOPIC");
    Future<?> negative = call(FetchPartition.newBuilder().setTopic("victim").setOffset(-1));
    assertThat(negative).satisfies(f -> assertThat(f.toCompletionStage().toCompletableFuture())
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("offset must not be negative"));
  }

  private static String fetchError(FetchPartition.Builder partition) {
    return TestStack.await(call(partition)).getPartitions(0).getError().getCode();
  }

  private static Future<io.streamhouse.proto.v1.FetchResponse> call(
      FetchPartition.Builder partition) {
    return client.call(
        agent,
        FetchServiceGrpcClient.Fetch,
        FetchRequest.newBuilder().addPartitions(partition).build(),
        10_000);
  }

  private static long endOffset() {
    FetchPartition.Builder partition =
        FetchPartition.newBuilder().setTopic("victim").setOffset(0).setMaxBytes(1);
    return TestStack.await(call(partition)).getPartitions(0).getEndOffset();
  }

  private static List<ProduceResult> produce(List<ProduceBatch> batches) {
    GrpcClientRequest<ProduceStreamRequest, ProduceStreamResponse> stream =
        TestStack.await(client.open(agent, ProducerServiceGrpcClient.ProduceStream));
    Promise<List<ProduceResult>> all = Promise.promise();
    List<ProduceResult> results = new ArrayList<>();
    stream.response().onFailure(all::tryFail).onSuccess(response -> {
      response.handler(message -> results.addAll(message.getResultsList()));
      response.endHandler(v -> all.tryComplete(results));
      response.exceptionHandler(all::tryFail);
    });
    batches.forEach(batch ->
        stream.write(ProduceStreamRequest.newBuilder().addBatches(batch).build()));
    stream.end();
    return TestStack.await(all.future());
  }

  /** Sends bytes as the body of a call and answers its gRPC status. */
  private static String rawCall(String method, Buffer body, String encoding) {
    HttpClient http = stack
        .vertx()
        .createHttpClient(new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false));
    RequestOptions options = new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setHost(agent.host())
        .setPort(agent.port())
        .setURI("/streamhouse.v1." + method)
        .putHeader("content-type", "application/grpc")
        .putHeader("te", "trailers");
    if (encoding != null) {
      options.putHeader("grpc-encoding", encoding);
    }
    return TestStack.await(http.request(options)
        .compose(request -> request.send(body))
        .compose(response -> response.end().map(v -> {
          String trailer = response.getTrailer("grpc-status");
          return trailer == null ? response.getHeader("grpc-status") : trailer;
        }))
        .timeout(20, TimeUnit.SECONDS)
        .eventually(http::close));
  }

  private static Buffer frame(int compressed, byte[] message) {
    return Buffer.buffer()
        .appendByte((byte) compressed)
        .appendInt(message.length)
        .appendBytes(message);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static void hostile(
      Map<String, Hostile> all, String name, ByteBuffer records, String code, String message) {
    all.put(name, new Hostile(batch(2, topicId, 0, ByteString.copyFrom(records)), code, message));
  }

  private static ProduceBatch batch(long id, ByteString topic, int partition, ByteString records) {
    return ProduceBatch.newBuilder()
        .setCorrelationId(id)
        .setTopicId(topic)
        .setPartition(partition)
        .setRecords(records)
        .build();
  }

  private static ByteBuffer cut(ByteBuffer batch, int length) {
    return batch.slice(0, length);
  }

  private static ByteBuffer flipped() {
    ByteBuffer batch = Forge.valid(3, Compression.NONE);
    batch.put(batch.limit() - 3, (byte) (batch.get(batch.limit() - 3) ^ 1));
    return batch;
  }

  private static ByteBuffer changed(Consumer<ByteBuffer> change) {
    return Forge.changed(Forge.valid(2, Compression.NONE), change);
  }

  private static ByteBuffer twice() {
    ByteBuffer one = Forge.valid(1, Compression.NONE);
    return ByteBuffer.allocate(2 * one.remaining())
        .put(one.duplicate())
        .put(one.duplicate())
        .flip();
  }

  private static ByteBuffer bomb(Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(1024, Integer.MAX_VALUE);
    Buffer megabyte = Buffer.buffer(new byte[1 << 20]);
    for (int i = 0; i < 40; i++) {
      builder.tryAppend(Forge.TIME, null, megabyte, List.of());
    }
    return builder.build(compression);
  }

  private static ByteBuffer tenThousandHeaders() {
    byte[] header = Forge.concat(Forge.sized("h"), Forge.sized("v"));
    byte[][] headers = new byte[10_000][];
    java.util.Arrays.fill(headers, header);
    byte[] body = Forge.concat(
        new byte[] {0},
        Forge.varint(0),
        Forge.varint(0),
        Forge.varint(-1),
        Forge.varint(-1),
        Forge.varint(10_000),
        Forge.concat(headers));
    return Forge.batch(Compression.NONE, 1, Forge.record(body));
  }

  private static ByteBuffer badHeaderKey() {
    byte[] key = {(byte) 0xc3, 0x28};
    byte[] body = Forge.concat(
        new byte[] {0},
        Forge.varint(0),
        Forge.varint(0),
        Forge.varint(-1),
        Forge.varint(-1),
        Forge.varint(1),
        Forge.varint(key.length),
        key,
        Forge.sized("v"));
    return Forge.batch(Compression.NONE, 1, Forge.record(body));
  }

  @Test
  void aTopicNameInAnErrorCannotBreakALogLine() {
    Future<?> lookup = client.call(
        agent,
        MetadataServiceGrpcClient.LookupLeases,
        LookupLeasesRequest.newBuilder()
            .addTopics("a\nFAKE LOG LINE \u001b[31m")
            .build(),
        10_000);
    assertThat(lookup.toCompletionStage().toCompletableFuture())
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .satisfies(e -> assertThat(e.getMessage().getBytes(StandardCharsets.UTF_8))
            .doesNotContain((byte) '\n', (byte) 27));
  }
}
