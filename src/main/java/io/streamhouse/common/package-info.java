/** Small pieces that several packages share: time, names, addresses, hashing, configuration. */
@NullMarked
package io.streamhouse.common;

import org.jspecify.annotations.NullMarked;
