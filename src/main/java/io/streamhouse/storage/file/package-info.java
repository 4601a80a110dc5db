/** The object store in a local directory, durable by fsync. */
@NullMarked
package io.streamhouse.storage.file;

import org.jspecify.annotations.NullMarked;
