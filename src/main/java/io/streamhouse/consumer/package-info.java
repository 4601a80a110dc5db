/** The consumer: reads partitions from agents. */
@NullMarked
package io.streamhouse.consumer;

import org.jspecify.annotations.NullMarked;
