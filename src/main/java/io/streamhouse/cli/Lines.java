package io.streamhouse.cli;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Neighbouring lines of an input.
 *
 * @param firstNumber of the first line, from 1
 * @param lines without their line feeds; they share one array
 */
record Lines(long firstNumber, List<Buffer> lines) {
  Lines {
    lines = List.copyOf(lines);
  }
}
