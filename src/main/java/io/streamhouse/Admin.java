package io.streamhouse;

import io.streamhouse.rpc.RpcAdmin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;

/**
 * Manages topics and shows who leads them. Safe to use from any thread; futures complete on the caller's context and
 * fail with {@link StreamHouseException}. Calls go to the first bootstrap agent that can be reached.
 */
public interface Admin {
  /** Creates a client; it connects when it is first used. Close it, unless the verticle that made it ends first. */
  static Admin create(Vertx vertx, AdminOptions options) {
    return RpcAdmin.create(vertx, new AdminOptions(options));
  }

  /**
   * Creates a topic. Fails with {@link ErrorCode#TOPIC_ALREADY_EXISTS} or {@link ErrorCode#INVALID_TOPIC}.
   *
   * @param partitionCount at least 1
   * @param config settings that differ from the defaults
   */
  Future<Topic> createTopic(String name, int partitionCount, Map<String, String> config);

  /** Deletes a topic with all its records. Fails with {@link ErrorCode#UNKNOWN_TOPIC}. */
  Future<Void> deleteTopic(String name);

  /** All topics in the order of their names. */
  Future<List<Topic>> listTopics();

  /** A topic with offsets, leaders and lease epochs of its partitions. Fails with {@link ErrorCode#UNKNOWN_TOPIC}. */
  Future<TopicDescription> describeTopic(String name);

  /**
   * Adds partitions and changes settings. Fails with {@link ErrorCode#UNKNOWN_TOPIC}, or with {@link
   * ErrorCode#INVALID_ARGUMENT} when there are more partitions already.
   *
   * @param partitionCount 0: unchanged
   * @param config settings to change; the others stay
   */
  Future<Topic> alterTopic(String name, int partitionCount, Map<String, String> config);

  /** The agents that are alive. */
  Future<List<AgentDescription>> listAgents();

  /** Frees connections. */
  Future<Void> close();
}
