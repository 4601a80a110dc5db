/** The commands of the streamhouse program. */
@NullMarked
package io.streamhouse.cli;

import org.jspecify.annotations.NullMarked;
