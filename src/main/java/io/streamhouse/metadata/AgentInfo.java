package io.streamhouse.metadata;

import java.util.UUID;

/**
 * An agent that is alive.
 *
 * @param sessionId its present session
 * @param agentId its name, chosen by the operator or made from host and process
 * @param address {@code host:port} of its gRPC server, as clients reach it
 * @param zone its availability zone, or empty
 */
public record AgentInfo(UUID sessionId, String agentId, String address, String zone) {}
