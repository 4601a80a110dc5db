/** Kafka record batch v2: encoder, header view, validation, iteration, compression. */
@NullMarked
package io.streamhouse.record;

import org.jspecify.annotations.NullMarked;
