/** The public API: producers, consumers, topics, records and errors. */
@NullMarked
package io.streamhouse;

import org.jspecify.annotations.NullMarked;
