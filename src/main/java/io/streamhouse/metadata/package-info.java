/** Ports of the metadata store: topics, sessions, leases, commits, producers, chunks. */
@NullMarked
package io.streamhouse.metadata;

import org.jspecify.annotations.NullMarked;
