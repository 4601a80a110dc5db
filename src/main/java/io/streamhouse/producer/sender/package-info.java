/** Pipelined gRPC streams to agents, sequences, retries. */
@NullMarked
package io.streamhouse.producer.sender;

import org.jspecify.annotations.NullMarked;
