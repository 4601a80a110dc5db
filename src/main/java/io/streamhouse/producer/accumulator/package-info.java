/** Open batches per partition, memory bound, partitioner. */
@NullMarked
package io.streamhouse.producer.accumulator;

import org.jspecify.annotations.NullMarked;
