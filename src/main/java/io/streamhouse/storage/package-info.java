/** Ports of the object store; adapters live below. */
@NullMarked
package io.streamhouse.storage;

import org.jspecify.annotations.NullMarked;
