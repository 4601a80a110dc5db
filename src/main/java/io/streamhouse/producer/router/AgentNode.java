package io.streamhouse.producer.router;

import io.streamhouse.common.AgentAddress;

/**
 * A live agent, as the router sees it.
 *
 * @param agentId what the rendezvous hash is fed with
 * @param address of its gRPC server
 * @param zone its availability zone, or empty
 */
record AgentNode(String agentId, AgentAddress address, String zone) {}
