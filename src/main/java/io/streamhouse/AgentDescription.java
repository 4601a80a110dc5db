package io.streamhouse;

/**
 * An agent that is alive.
 *
 * @param agentId its name
 * @param address {@code host:port} of its gRPC server
 * @param zone its availability zone, or empty
 */
public record AgentDescription(String agentId, String address, String zone) {}
