/** Topic metadata, lease cache and the choice of an agent for each batch. */
@NullMarked
package io.streamhouse.producer.router;

import org.jspecify.annotations.NullMarked;
