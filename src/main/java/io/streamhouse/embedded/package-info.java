/** The embedded PostgreSQL of development stacks and tests. */
@NullMarked
package io.streamhouse.embedded;

import org.jspecify.annotations.NullMarked;
