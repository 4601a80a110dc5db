/** The event-bus contract: addresses, message types and their codecs. */
@NullMarked
package io.streamhouse.bus;

import org.jspecify.annotations.NullMarked;
