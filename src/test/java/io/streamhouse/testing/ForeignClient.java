package io.streamhouse.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.streamhouse.common.AgentAddress;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC client that nobody here wrote (grpc-java) and that knows nothing of our classes: it learns the services by
 * server reflection and speaks JSON, as grpcurl does.
 */
public final class ForeignClient implements AutoCloseable {
  /** The trailer with our own error. */
  public static final Metadata.Key<byte[]> ERROR =
      Metadata.Key.of("streamhouse-error-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final ManagedChannel channel;

  public ForeignClient(AgentAddress agent) {
    channel = NettyChannelBuilder.forAddress(agent.host(), agent.port())
        .usePlaintext()
        .build();
  }

  /** The names of all services. */
  public List<String> services() throws InterruptedException {
    List<String> names = new ArrayList<>();
    reflect(ServerReflectionRequest.newBuilder().setListServices("").build())
        .getListServicesResponse()
        .getServiceList()
        .forEach(service -> names.add(service.getName()));
    return names;
  }

  /**
   * Calls a unary method.
   *
   * @throws StatusRuntimeException when it fails
   */
  public JsonObject call(String service, String method, JsonObject message)
      throws InterruptedException, InvalidProtocolBufferException, DescriptorValidationException {
    MethodDescriptor descriptor = service(service).findMethodByName(method);
    DynamicMessage.Builder request = DynamicMessage.newBuilder(descriptor.getInputType());
    JsonFormat.parser().merge(message.encode(), request);
    return new JsonObject(JsonFormat.printer()
        .includingDefaultValueFields()
        .print(ClientCalls.blockingUnaryCall(
            channel,
            grpcMethod(service, method, descriptor.getInputType(), descriptor.getOutputType()),
            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
            request.build())));
  }

  private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpcMethod(
      String service, String method, Descriptor input, Descriptor output) {
    return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
        .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(service, method))
        .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(input)))
        .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(output)))
        .build();
  }

  private ServiceDescriptor service(String name)
      throws InterruptedException, InvalidProtocolBufferException, DescriptorValidationException {
    Map<String, FileDescriptorProto> files = new HashMap<>();
    ServerReflectionResponse answer = reflect(
        ServerReflectionRequest.newBuilder().setFileContainingSymbol(name).build());
    FileDescriptorProto first = null;
    for (ByteString file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      FileDescriptorProto proto = FileDescriptorProto.parseFrom(file);
      first = first == null ? proto : first;
      files.put(proto.getName(), proto);
    }
    String simpleName = name.substring(name.lastIndexOf('.') + 1);
    for (FileDescriptorProto proto : List.copyOf(files.values())) {
      ServiceDescriptor found = build(proto, files).findServiceByName(simpleName);
      if (found != null) {
        return found;
      }
    }
    throw new IllegalStateException("reflection does not know " + name);
  }

  private FileDescriptor build(FileDescriptorProto proto, Map<String, FileDescriptorProto> files)
      throws InterruptedException, InvalidProtocolBufferException, DescriptorValidationException {
    List<FileDescriptor> dependencies = new ArrayList<>();
    for (String dependency : proto.getDependencyList()) {
      FileDescriptorProto known = files.get(dependency);
      if (known == null) {
        known = FileDescriptorProto.parseFrom(reflect(ServerReflectionRequest.newBuilder()
                .setFileByFilename(dependency)
                .build())
            .getFileDescriptorResponse()
            .getFileDescriptorProto(0));
      }
      dependencies.add(build(known, files));
    }
    return FileDescriptor.buildFrom(proto, dependencies.toArray(FileDescriptor[]::new));
  }

  private ServerReflectionResponse reflect(ServerReflectionRequest request)
      throws InterruptedException {
    BlockingQueue<Object> answers = new ArrayBlockingQueue<>(4);
    StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel)
        .serverReflectionInfo(new StreamObserver<>() {
          @Override
          public void onNext(ServerReflectionResponse answer) {
            answers.add(answer);
          }

          @Override
          public void onError(Throwable failure) {
            answers.add(failure);
          }

          @Override
          public void onCompleted() {}
        });
    requests.onNext(request);
    Object answer = answers.poll(20, TimeUnit.SECONDS);
    if (answer instanceof ServerReflectionResponse response) {
      requests.onCompleted();
      return response;
    }
    throw new IllegalStateException("no answer from reflection: " + answer);
  }

  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    channel.awaitTermination(10, TimeUnit.SECONDS);
  }
}
