/** Calls to agents over gRPC, as producers, consumers and the command line make them. */
@NullMarked
package io.streamhouse.rpc;

import org.jspecify.annotations.NullMarked;
