package io.streamhouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Version and commit that the build has written down. */
final class BuildVersion implements IVersionProvider {
  private static final String RESOURCE = "/streamhouse-build.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream resource = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IOException(RESOURCE + " is missing in this build");
      }
      build.load(resource);
    }
    return new String[] {
      "streamhouse " + build.getProperty("version") + " (commit " + build.getProperty("commit")
          + ", Java " + Runtime.version() + ")"
    };
  }
}
