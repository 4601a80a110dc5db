/** The metadata store in PostgreSQL. */
@NullMarked
package io.streamhouse.metadata.postgres;

import org.jspecify.annotations.NullMarked;
