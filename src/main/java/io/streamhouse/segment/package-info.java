/** The segment object: one per flush, holding the batches of many partitions. */
@NullMarked
package io.streamhouse.segment;

import org.jspecify.annotations.NullMarked;
