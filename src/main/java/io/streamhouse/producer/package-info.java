/** The producer: composes accumulator, router and sender. */
@NullMarked
package io.streamhouse.producer;

import org.jspecify.annotations.NullMarked;
