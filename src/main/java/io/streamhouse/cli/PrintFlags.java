package io.streamhouse.cli;

import picocli.CommandLine.Option;

/** What to print of a record. */
final class PrintFlags {
  @Option(names = "--print-key", description = "Print keys.")
  private boolean key;

  @Option(names = "--print-offset", description = "Print offsets.")
  private boolean offset;

  @Option(names = "--print-partition", description = "Print partitions.")
  private boolean partition;

  @Option(names = "--print-timestamp", description = "Print timestamps.")
  private boolean timestamp;

  @Option(names = "--print-headers", description = "Print headers as key=value,key=value.")
  private boolean headers;

  @Option(
      names = "--key-separator",
      paramLabel = "CHAR",
      defaultValue = "\\t",
      description = "Stands between all of these. Default: a tabulator")
  private String separator = "\\t";

  @Option(
      names = "--json",
      description = "Print one JSON object a record; bytes that are no UTF-8 as keyBase64 and"
          + " valueBase64.")
  private boolean json;

  RecordPrinter printer() {
    return new RecordPrinter(
        json,
        partition,
        offset,
        timestamp,
        headers,
        key,
        ProduceCommand.separatorByte("--key-separator", separator));
  }
}
