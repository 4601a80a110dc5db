/** The agent: takes batches in over gRPC, stores, commits, acknowledges and serves them. */
@NullMarked
package io.streamhouse.agent;

import org.jspecify.annotations.NullMarked;
